import { setting } from '@tribune/state-store';
import { autopilotDefaults } from '../leader-duties/autopilot-settings';
import { FakePool } from '../testing/fake-membership';
import { TestServer, until } from '../testing/test-server';

describe('operators of three servers', () => {
  jest.setTimeout(30_000);
  let servers: TestServer[];
  let pool: FakePool;
  beforeEach(async () => {
    pool = new FakePool();
    const settings = { bootstrapExpect: 3, rpcHoldMs: 1_000, autopilot: { maxTrailingLogs: 77 } };
    servers = await Promise.all(['one', 'two', 'three'].map((name) => TestServer.create(name, pool, settings)));
    await Promise.all(servers.map((server) => server.start()));
    await until(() => leader() !== undefined);
  });
  afterEach(() => Promise.all(servers.map((server) => server.remove())));
  const leader = (): TestServer | undefined => servers.find((server) => server.isLeader);
  const followers = (): TestServer[] => servers.filter((server) => server.server && !server.isLeader);

  it('find what the configuration files said written down once', async () => {
    const written = (): string | undefined => setting(leader()!.running.view.tables, 'autopilot').value?.value;
    await until(() => written() !== undefined);
    expect(JSON.parse(written()!)).toEqual({
      CleanupDeadServers: autopilotDefaults.cleanupDeadServers,
      LastContactThreshold: '200ms',
      MaxTrailingLogs: 77,
      MinQuorum: 0,
      ServerStabilizationTime: '0s',
      RedundancyZoneTag: '',
      DisableUpgradeMigration: false,
      UpgradeVersionTag: '',
    });
  });

  it('hear from any of them how each one does', async () => {
    const healthy = async (): Promise<boolean[]> =>
      (await followers()[0]!.state.raftConfiguration()).servers.map(
        ({ health }) => health?.healthy === true && health.lastIndex > 0,
      );
    while ((await healthy()).filter(Boolean).length < 3) await new Promise((resolve) => setTimeout(resolve, 50));
    const { servers: infos } = await followers()[0]!.state.raftConfiguration();
    for (const { health, leader: leads } of infos) {
      expect(health!.lastContactMs).toBeLessThanOrEqual(leads ? 0 : 200);
      expect(Math.abs(health!.stableSinceMs - Date.now())).toBeLessThan(30_000);
      expect(health!.lastTerm).toBeGreaterThan(0);
    }
    const stopped = followers()[1]!;
    await stopped.stop();
    while ((await healthy()).filter(Boolean).length > 2) await new Promise((resolve) => setTimeout(resolve, 50));
    const { servers: after } = await followers()[0]!.state.raftConfiguration();
    expect(after.find(({ id }) => id === stopped.id)!.health!.healthy).toBe(false);
  });

  it('remove a server by id or address', async () => {
    const [gone, stays] = followers() as [TestServer, TestServer];
    pool.setStatus(gone.name, 'failed');
    await gone.stop();
    expect(await stays.state.removePeer({ address: gone.address })).toEqual({ ok: true });
    const ids = async (): Promise<string[]> =>
      (await stays.state.raftConfiguration()).servers.map(({ id }) => id).sort();
    expect(await ids()).toEqual([leader()!.id, stays.id].sort());
    expect(await stays.state.removePeer({ address: gone.address })).toMatchObject({ ok: false, notFound: true });
  });
});
