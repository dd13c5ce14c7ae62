import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger, systemClock, systemRandom } from '@tribune/platform';
import { GrpcServer } from '@tribune/protocol';
import { eventually as patiently, freePort } from '@tribune/testkit';
import { RaftNode } from '../src/node/raft-node';
import { FileSnapshotStore } from '../src/storage/file-snapshot-store';
import { LevelLogStore } from '../src/storage/level-log-store';
import { JournalMachine } from '../src/testing/journal-machine';
import { GrpcPeerTransport } from '../src/transport/grpc-peer-transport';
import type { RaftNodeOptions } from '../src/node/options';

const text = (value: string): Uint8Array => Buffer.from(value);

/** A server with real sockets and a real disk. `stop` and `start` keep the folder, and the port. */
class TestServer {
  machine = new JournalMachine();
  node!: RaftNode;
  address = '';
  private grpc!: GrpcServer;

  constructor(
    readonly id: string,
    private readonly folder: string,
    readonly addresses: Map<string, string>,
    private readonly options: Partial<RaftNodeOptions> = {},
  ) {}

  async start(): Promise<void> {
    const { id } = this;
    if (!this.address) this.address = `127.0.0.1:${await freePort()}`;
    this.machine = new JournalMachine();
    this.grpc = new GrpcServer({ address: this.address }, silentLogger);
    const transport = new GrpcPeerTransport(
      { id, address: this.address },
      { addressBook: (peer) => this.addresses.get(peer), clock: systemClock, logger: silentLogger },
    );
    this.grpc.add('tribune.raft.v1.RaftTransport', transport.implementation());
    await this.grpc.start();
    this.addresses.set(id, this.address);
    this.node = new RaftNode(
      { id, address: this.address, freeBytesMin: 0, ...this.options },
      {
        ...this.stores(),
        transport,
        stateMachine: this.machine,
        clock: systemClock,
        random: systemRandom,
        logger: silentLogger,
      },
    );
    await this.node.start();
  }

  stores(): { logStore: LevelLogStore; snapshotStore: FileSnapshotStore } {
    return {
      logStore: new LevelLogStore({ directory: join(this.folder, this.id, 'raft'), serverId: this.id }),
      snapshotStore: new FileSnapshotStore(join(this.folder, this.id, 'snapshots'), silentLogger),
    };
  }

  async stop(): Promise<void> {
    await this.node.stop();
    await this.grpc.stop();
  }
}

async function eventually(claim: () => boolean, what: string): Promise<void> {
  await patiently(what, async () => claim());
}

describe('servers over gRPC and LevelDB', () => {
  let folder: string;
  let running: TestServer[] = [];

  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'raft-'))));
  afterEach(async () => {
    for (const server of running) await server.stop();
    running = [];
    await rm(folder, { recursive: true, force: true });
  });

  const boot = async (ids: string[], options: Partial<RaftNodeOptions> = {}): Promise<TestServer[]> => {
    const addresses = new Map<string, string>();
    const servers = ids.map((id) => new TestServer(id, folder, addresses, options));
    for (const server of servers) await server.start();
    running = [...servers];
    return servers;
  };
  const share = (one: TestServer, other: TestServer): void => {
    one.addresses.set(other.id, other.address);
    other.addresses.set(one.id, one.address);
  };
  const membersOf = (servers: TestServer[]) => servers.map(({ id, address }) => ({ id, address }));
  const leaderOf = async (servers: TestServer[]): Promise<TestServer> => {
    const find = () => servers.find((server) => running.includes(server) && server.node.status().role === 'leader');
    await eventually(() => find() !== undefined, 'a leader');
    return find()!;
  };

  it('a lone server commits, answers reads at once, and leads again right after a restart', async () => {
    // Elections take ten minutes here: it leads again at once, or not in time for this test.
    const [server] = (await boot(['a'], { electionTicks: 60_000 })) as [TestServer];
    await server.node.bootstrap(membersOf([server]));
    await leaderOf([server]);
    const outcome = await server.node.propose(text('one'));
    expect(outcome).toMatchObject({ kind: 'applied', result: 1 });
    expect(server.node.readIndex()).toMatchObject({ kind: 'confirmed' });
    await server.stop();
    await server.start();
    await leaderOf([server]);
    await eventually(() => server.machine.texts.length === 1, 'the log is replayed');
  });

  it('three servers replicate, survive the loss of the leader, and bring it back level', async () => {
    const servers = await boot(['a', 'b', 'c']);
    for (const server of servers) await server.node.bootstrap(membersOf(servers));
    const first = await leaderOf(servers);
    await Promise.all(Array.from({ length: 50 }, (_, i) => first.node.propose(text(`before ${i}`))));
    expect(await first.node.readIndex()).toMatchObject({ kind: 'confirmed' });
    await first.stop();
    running = servers.filter((server) => server !== first);
    const second = await leaderOf(running);
    expect(await second.node.propose(text('after'))).toMatchObject({ kind: 'applied' });
    await first.start();
    running = [...servers];
    await eventually(() => first.machine.texts.includes('after'), 'the old leader catches up');
    for (const server of servers) await eventually(() => server.machine.texts.length === 51, 'all are level');
    expect(new Set(servers.map((server) => JSON.stringify(server.machine.journal))).size).toBe(1);
  });

  it('a server joins as a learner, is promoted, and takes over when the leader is removed', async () => {
    const [a] = (await boot(['a'])) as [TestServer];
    await a.node.bootstrap(membersOf([a]));
    await leaderOf([a]);
    await a.node.propose(text('early'));
    const [b] = (await boot(['b'])) as [TestServer];
    running = [a, b];
    share(a, b);
    expect(await a.node.changeMembership([{ kind: 'addLearner', server: membersOf([b])[0]! }])).toMatchObject({
      kind: 'changed',
    });
    await eventually(() => b.machine.texts.length === 1, 'the learner catches up');
    expect(await a.node.changeMembership([{ kind: 'promote', id: 'b' }])).toMatchObject({ kind: 'changed' });
    expect(a.node.status().peers.map((peer) => `${peer.id} ${peer.suffrage}`)).toEqual(['a voter', 'b voter']);
    expect(await a.node.changeMembership([{ kind: 'remove', id: 'a' }])).toMatchObject({ kind: 'changed' });
    expect(await leaderOf([b])).toBe(b);
    expect(await b.node.propose(text('late'))).toMatchObject({ kind: 'applied', result: 2 });
    expect(await a.node.propose(text('never'))).toMatchObject({ kind: 'notLeader' });
  });

  it('the lead is handed over on request, and says so', async () => {
    // The target has one election's time to win: on a busy machine 400 ms would be short.
    const servers = await boot(['a', 'b', 'c'], { multiplier: 5 });
    for (const server of servers) await server.node.bootstrap(membersOf(servers));
    const leader = await leaderOf(servers);
    await leader.node.propose(text('x'));
    const target = servers.find((server) => server !== leader)!;
    expect(await leader.node.transferLeadership(target.id)).toEqual({ kind: 'transferred', leaderId: target.id });
    expect(await leader.node.propose(text('y'))).toMatchObject({ kind: 'notLeader', leaderId: target.id });
    await eventually(() => target.node.status().role === 'leader', 'the target leads');
    expect(await target.node.propose(text('y'))).toMatchObject({ kind: 'applied', result: 2 });
  });

  it('a follower that was away longer than the log reaches is brought back by a snapshot', async () => {
    const servers = await boot(['a', 'b', 'c'], { snapshotThreshold: 40, trailingLogs: 5 });
    for (const server of servers) await server.node.bootstrap(membersOf(servers));
    const leader = await leaderOf(servers);
    const away = servers.find((server) => server !== leader)!;
    await away.stop();
    running = servers.filter((server) => server !== away);
    for (let i = 0; i < 100; i++) await leader.node.propose(text(`command ${i}`));
    await eventually(() => leader.node.status().firstIndex > 20, 'the log is compacted');
    const installed: number[] = [];
    await away.start();
    away.node.on((event) => event.kind === 'snapshotInstalled' && installed.push(event.index));
    running = [...servers];
    await eventually(() => away.machine.texts.length === 100, 'the follower is level');
    // A second one when the leader took it while the first was on its way.
    expect(installed).not.toEqual([]);
    expect(away.machine.journal).toEqual(leader.machine.journal);
    // And it can restart from what it was given.
    await away.stop();
    await away.start();
    await eventually(() => away.machine.texts.length === 100, 'the follower is level again');
  });

  it('a write whose append failed is unknown, never refused, and the node stops', async () => {
    const [server] = (await boot(['a'])) as [TestServer];
    await server.node.bootstrap(membersOf([server]));
    await leaderOf([server]);
    const failed = new Promise((resolve) => server.node.on((event) => event.kind === 'failed' && resolve(event.error)));
    const append = jest.spyOn(LevelLogStore.prototype, 'append').mockRejectedValue(new Error('input/output error'));
    expect(await server.node.propose(text('lost?'))).toMatchObject({ kind: 'unknown' });
    await expect(failed).resolves.toMatchObject({ message: 'input/output error' });
    append.mockRestore();
    expect(await server.node.propose(text('later'))).toMatchObject({ kind: 'refused' });
    expect(server.node.status().failure).toBeDefined();
  });

  it('refuses what is too large, and proposals when the disk is nearly full', async () => {
    const [server] = (await boot(['a'], { commandBytesMax: 100 })) as [TestServer];
    await server.node.bootstrap(membersOf([server]));
    await leaderOf([server]);
    expect(await server.node.propose(new Uint8Array(101))).toMatchObject({ kind: 'refused', retryable: false });
    await server.stop();
    jest.spyOn(LevelLogStore.prototype, 'freeBytes').mockResolvedValue(0);
    Object.assign(server, { options: { freeBytesMin: 1 } });
    await server.start();
    await leaderOf([server]);
    expect(await server.node.propose(text('x'))).toMatchObject({ kind: 'refused', retryable: true });
    jest.restoreAllMocks();
  });

  it('refuses to bootstrap twice', async () => {
    const [server] = (await boot(['a'])) as [TestServer];
    await server.node.bootstrap(membersOf([server]));
    await expect(server.node.bootstrap(membersOf([server]))).rejects.toMatchObject({
      code: 'RAFT_ALREADY_BOOTSTRAPPED',
    });
  });

  it('a server whose log lost acknowledged entries heals from the others', async () => {
    const servers = await boot(['a', 'b', 'c']);
    for (const server of servers) await server.node.bootstrap(membersOf(servers));
    const leader = await leaderOf(servers);
    for (let i = 0; i < 20; i++) await leader.node.propose(text(`command ${i}`));
    const hurt = servers.find((server) => server !== leader)!;
    await eventually(() => hurt.machine.texts.length === 20, 'the follower is level');
    for (const server of servers) await server.stop();
    await rm(join(folder, hurt.id, 'raft', 'log'), { recursive: true });
    running = [hurt];
    await hurt.start();
    // Alone, so that nobody heals it before it is looked at.
    expect(hurt.node.status()).toMatchObject({ recovering: true, lastIndex: 0 });
    const others = servers.filter((server) => server !== hurt);
    for (const server of others) await server.start();
    running = servers;
    const healer = await leaderOf(others);
    await healer.node.propose(text('after the damage'));
    await eventually(() => !hurt.node.status().recovering, 'the log is whole again');
    await eventually(() => hurt.machine.texts.length === 21, 'the follower is level again');
    expect(hurt.machine.journal).toEqual(healer.machine.journal);
  });
});
