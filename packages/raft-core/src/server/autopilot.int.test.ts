import type { RaftConfigurationInfo } from '@tribune/protocol';
import { setting } from '@tribune/state-store';
import { autopilotDefaults } from '../leader-duties/autopilot-settings';
import { FakePool } from '../testing/fake-membership';
import { TestServer, until } from '../testing/test-server';

type Infos = RaftConfigurationInfo['servers'];

describe('operators of three servers', () => {
  let servers: TestServer[];
  let pool: FakePool;
  beforeEach(async () => {
    pool = new FakePool();
    const settings = { bootstrapExpect: 3, autopilot: { maxTrailingLogs: 77 } };
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
    /** The first answer as wanted: the next one may be another on a busy machine. */
    const answer = async (isWanted: (infos: Infos) => boolean): Promise<Infos> => {
      for (;;) {
        const { servers: infos } = await followers()[0]!.state.raftConfiguration();
        if (isWanted(infos)) return infos;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    const isWell = ({ health }: Infos[number]): boolean => health?.healthy === true && health.lastIndex > 0;
    for (const { health, leader: leads } of await answer((infos) => infos.every(isWell))) {
      expect(health!.lastContactMs).toBeLessThanOrEqual(leads ? 0 : 200);
      expect(Math.abs(health!.stableSinceMs - Date.now())).toBeLessThan(120_000);
      expect(health!.lastTerm).toBeGreaterThan(0);
    }
    const stopped = followers()[1]!;
    await stopped.stop();
    const others = servers.filter((server) => server !== stopped).map(({ id }) => id);
    const after = await answer(
      (infos) =>
        infos
          .filter(isWell)
          .map(({ id }) => id)
          .join() === others.join(),
    );
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
