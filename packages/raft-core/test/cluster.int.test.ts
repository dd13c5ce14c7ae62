import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger, systemClock, systemRandom } from '@tribune/platform';
import { GrpcServer } from '@tribune/protocol';
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
  address = '127.0.0.1:0';
  private grpc!: GrpcServer;

  constructor(
    readonly id: string,
    private readonly folder: string,
    private readonly addresses: Map<string, string>,
    private readonly options: Partial<RaftNodeOptions> = {},
  ) {}

  async start(): Promise<void> {
    const { id } = this;
    this.machine = new JournalMachine();
    this.grpc = new GrpcServer({ address: this.address }, silentLogger);
    const transport = new GrpcPeerTransport(
      { id, address: this.address },
      { addressBook: (peer) => this.addresses.get(peer), clock: systemClock, logger: silentLogger },
    );
    this.grpc.add('tribune.raft.v1.RaftTransport', transport.implementation());
    await this.grpc.start();
    this.address = `127.0.0.1:${this.grpc.port}`;
    this.addresses.set(id, this.address);
    this.node = new RaftNode(
      { id, address: this.address, freeBytesMin: 0, ...this.options },
      {
        logStore: new LevelLogStore({ directory: join(this.folder, id, 'raft'), serverId: id }),
        snapshotStore: new FileSnapshotStore(join(this.folder, id, 'snapshots'), silentLogger),
        transport,
        stateMachine: this.machine,
        clock: systemClock,
        random: systemRandom,
        logger: silentLogger,
      },
    );
    await this.node.start();
  }

  async stop(): Promise<void> {
    await this.node.stop();
    await this.grpc.stop();
  }
}

async function eventually(claim: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (!claim()) {
    if (Date.now() > deadline) throw new Error(`never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
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
  const membersOf = (servers: TestServer[]) => servers.map(({ id, address }) => ({ id, address }));
  const leaderOf = async (servers: TestServer[]): Promise<TestServer> => {
    const find = () => servers.find((server) => running.includes(server) && server.node.status().role === 'leader');
    await eventually(() => find() !== undefined, 'a leader');
    return find()!;
  };

  it('a lone server commits, answers reads at once, and leads again right after a restart', async () => {
    const [server] = (await boot(['a'])) as [TestServer];
    await server.node.bootstrap(membersOf([server]));
    await leaderOf([server]);
    const outcome = await server.node.propose(text('one'));
    expect(outcome).toMatchObject({ kind: 'applied', result: 1 });
    expect(server.node.readIndex()).toMatchObject({ kind: 'confirmed' });
    await server.stop();
    const started = performance.now();
    await server.start();
    await leaderOf([server]);
    expect(performance.now() - started).toBeLessThan(1000);
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
});
