import { Metrics, silentLogger, systemClock, systemRandom } from '@tribune/platform';
import { connectState, type StateClient } from '@tribune/protocol';
import { createReplica } from '@tribune/replica';
import { encodeCommand, kvGet, StateMachine, type Outcome, type RestoreCommand } from '@tribune/state-store';
import { FakePool } from '../testing/fake-membership';
import { sessionCommand } from '../testing/duty-world';
import { proposeKey, setKey, TestServer, until, write } from '../testing/test-server';

const settings = { bootstrapExpect: 3, raft: { snapshotThreshold: 50, trailingLogs: 5 } };
const ports = { clock: systemClock, random: systemRandom, logger: silentLogger };
const DONE: Outcome = { kind: 'done', ok: true };

/** A backup of 2,000 keys. */
function backup(): Uint8Array[] {
  const machine = new StateMachine();
  for (let i = 0; i < 2_000; i++) machine.apply(i + 2, encodeCommand(setKey(`k${i}`, 'saved')));
  return [...machine.snapshot().chunks()];
}

describe('a backup that is restored on three servers', () => {
  let servers: TestServer[];
  let pool: FakePool;
  let client: StateClient;

  beforeEach(async () => {
    pool = new FakePool();
    servers = await Promise.all(['one', 'two', 'three'].map((name) => TestServer.create(name, pool, settings)));
    await Promise.all(servers.map((server) => server.start()));
    await until(() => leader() !== undefined);
    client = connectState({ servers: () => [follower().address], ...ports });
  });

  afterEach(async () => {
    client.close();
    await Promise.all(servers.map((server) => server.remove()));
  });

  const leader = (): TestServer | undefined => servers.find((server) => server.isLeader);
  const follower = (): TestServer => servers.find((server) => server.server && !server.isLeader)!;
  const step = async (command: RestoreCommand): Promise<void> => expect(await write(client, command)).toEqual(DONE);
  const begin = (): Promise<void> => step({ type: 'restore-begin', id: 'r' });
  const add = async (chunks: readonly Uint8Array[], from: number): Promise<void> => {
    for (const [at, rows] of chunks.entries())
      await step({ type: 'restore-chunk', id: 'r', sequence: from + at, rows });
  };
  const commit = (chunks: number): Promise<void> => step({ type: 'restore-commit', id: 'r', chunks });
  const agree = async (): Promise<void> => {
    const { revision } = (await leader()!.state.readFence()) as { revision: number };
    for (const server of servers) await server.running.view.atLeast(revision);
    // The leader's duties write on: compared at one revision, and only then, since hashing holds up all four servers.
    await until(() => new Set(servers.map(({ running }) => running.view.revision)).size === 1);
    expect(new Set(servers.map(({ running }) => running.stateMachine.hash())).size).toBe(1);
  };

  it('is the state of all, of later ones too, and of every front end', async () => {
    const { revision } = (await proposeKey(client, 'before', '1')) as { revision: number };
    const full = createReplica({ topics: 'all' }, { ...ports, state: client, metrics: new Metrics() });
    const partial = createReplica({ topics: 'on-demand' }, { ...ports, state: client, metrics: new Metrics() });
    await Promise.all([full.start(), partial.start()]);
    await Promise.all([full.whenReady(), partial.require([{ kind: 'kvPrefix', prefix: 'before' }])]);
    // The follower that feeds them may have heard of the key only now; nothing but the restore is to wake who waits.
    await Promise.all([full.atLeast(revision), partial.atLeast(revision)]);
    const before = kvGet(partial.tables, 'before').index;
    const woken = [full, partial].map((view) => new Promise<void>((resolve) => view.park(['kv/before'], resolve)));
    const chunks = backup();
    await begin();
    await add(chunks, 0);
    await commit(chunks.length);
    await Promise.all(woken);
    for (const view of [full, partial]) {
      expect(view.tables.kv.get('before')).toBeUndefined();
      expect(kvGet(view.tables, 'before').index).toBeGreaterThan(before);
    }
    await until(() => full.tables.kv.size === 2_000);
    servers.push(await (await TestServer.create('four', pool, {})).start());
    await agree();
    expect(servers[3]!.running.view.tables.kv.size).toBe(2_000);
    await Promise.all([full.stop(), partial.stop()]);
  });

  it('goes on over a server that was away and a change of leader', async () => {
    const chunks = backup();
    await begin();
    await add(chunks.slice(0, 2), 0);
    const absent = servers.find((server) => !server.isLeader && server !== follower())!;
    await absent.stop();
    // Enough for snapshots and compaction: it must get the half of the restore that it missed from a snapshot.
    for (let i = 0; i < 120; i++) await write(client, setKey('noise', String(i)));
    await until(() => leader()!.running.raftStatus().firstIndex > 60);
    await absent.start();
    await agree();
    const next = follower();
    // A busy successor may not win in time; then the leader goes on, says so, and is asked again.
    while (!(await follower().state.transferLeadership(next.id)).ok && leader() !== next);
    await until(() => leader() === next);
    await add(chunks.slice(2), 2);
    await commit(chunks.length);
    await agree();
    expect(absent.running.view.tables.kv.size).toBe(2_000);
  });

  it('brings sessions back with their time to live running', async () => {
    const machine = new StateMachine();
    const node = { id: '', node: 'gone', address: '10.0.0.9', datacenter: 'dc1', taggedAddresses: null, meta: null };
    machine.apply(2, encodeCommand({ type: 'register', node, skipNodeUpdate: false, checks: [] }));
    const id = '6ccf5ab6-6d5b-4b5c-8a6e-0d9c6dd3f001';
    machine.apply(3, encodeCommand(sessionCommand(id, { node: 'gone', ttl: '0.1s' })));
    expect(machine.view.tables.sessions.size).toBe(1);
    const chunks = [...machine.snapshot().chunks()];
    await begin();
    await add(chunks, 0);
    await commit(chunks.length);
    await until(() => servers.every((server) => server.running.view.tables.sessions.size === 0));
    await until(() => leader()!.running.view.tables.nodes.get('one') !== undefined);
  });
});
