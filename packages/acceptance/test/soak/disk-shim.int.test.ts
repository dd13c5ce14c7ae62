import { eventually } from '@tribune/testkit';
import { DiskShim } from '../../src/faults/disk-shim';
import { ServerCluster } from '../../src/server-cluster';
import { rounds } from '../../src/soak';
import { quantile } from '../../src/workload/quantile';
import { SteadyWriter } from '../../src/workload/steady-writer';

const STRETCH_MS = 8_000;
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Disks that forget what was never synced, and disks that are slow. */
describe('three servers', () => {
  const shim = new DiskShim();
  let cluster: ServerCluster;

  beforeAll(async () => {
    cluster = await ServerCluster.start(3, { prepare: (servers) => servers.forEach((server) => shim.under(server)) });
  });
  afterEach(() => cluster.servers.forEach((server) => shim.slow(server, 0)));
  afterAll(() => cluster.dispose());

  async function expectAll(writer: SteadyWriter, prefix: string): Promise<void> {
    for (const server of cluster.servers) {
      const there = new Set(await server.http.json<string[]>(`/v1/kv/${prefix}?keys&consistent`));
      expect(writer.acknowledged.filter((key) => !there.has(key))).toEqual([]);
    }
  }

  it(
    'that lose their power all at once have lost nothing that was acknowledged',
    async () => {
      let acknowledged = 0;
      let dropped = 0;
      let slowest = 0;
      for (let round = 0; round < rounds(1); round++) {
        const prefix = `power${round}/`;
        const writer = new SteadyWriter(cluster.servers, prefix).start(200);
        await eventually('writes', async () => writer.acknowledged.length >= 100, 40_000);
        await Promise.all(cluster.servers.map((server) => server.kill()));
        await writer.stop();
        for (const server of cluster.servers) dropped += shim.dropUnsynced(server);
        const began = performance.now();
        for (const server of cluster.servers) server.start();
        await cluster.ready();
        slowest = Math.max(slowest, performance.now() - began);
        await expectAll(writer, prefix);
        acknowledged += writer.acknowledged.length;
      }
      // Else the shim was not there.
      expect(dropped).toBeGreaterThan(0);
      process.stdout.write(
        `power loss: ${rounds(1)} rounds, 0 of ${acknowledged} acknowledged lost, ${dropped} unsynced bytes dropped, ` +
          `serving at the latest ${slowest.toFixed(0)} ms after the start\n`,
      );
    },
    120_000 * rounds(1),
  );

  it('hand over the lead when the disk of the leader is slow', async () => {
    const leader = await cluster.leader();
    const writer = new SteadyWriter(cluster.servers, 'slow-leader/').start(100);
    await eventually('writes', async () => writer.acknowledged.length >= 100, 40_000);
    const mark = writer.mark;
    shim.slow(leader, 1_000);
    const began = performance.now();
    await eventually('another leader', async () => (await cluster.leader()) !== leader);
    const movedMs = performance.now() - began;
    await sleep(STRETCH_MS);
    const p99 = quantile(writer.latenciesSince(mark), 0.99);
    await writer.stop();
    process.stdout.write(
      `slow disk of the leader: another one after ${movedMs.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms over ` +
        `${writer.latenciesSince(mark).length} writes, ${writer.failures.length} failed: ${[...new Set(writer.failures)]}\n`,
    );
    shim.slow(leader, 0);
    await cluster.ready();
    await expectAll(writer, 'slow-leader/');
    expect(p99).toBeLessThan(2_000);
  });

  it('do not mind when the disk of a follower is slow', async () => {
    await cluster.ready();
    const leader = await cluster.leader();
    // Not asked itself: it waits for its own disk before it can answer what it has just forwarded.
    const slow = cluster.followersOf(leader)[0]!;
    const writer = new SteadyWriter(
      cluster.servers.filter((server) => server !== slow),
      'slow-follower/',
    ).start(100);
    await eventually('writes', async () => writer.acknowledged.length >= 100, 40_000);
    const stretch = async (): Promise<number> => {
      const mark = writer.mark;
      await sleep(STRETCH_MS);
      return quantile(writer.latenciesSince(mark), 0.99);
    };
    const before = await stretch();
    shim.slow(slow, 1_000);
    const during = await stretch();
    shim.slow(slow, 0);
    await writer.stop();
    process.stdout.write(`slow disk of a follower: p99 ${during.toFixed(1)} ms, before ${before.toFixed(1)} ms\n`);
    expect(await cluster.leader()).toBe(leader);
    await expectAll(writer, 'slow-follower/');
    // Twenty milliseconds of grain: what the machine itself does to a tail.
    expect(during).toBeLessThan(1.2 * before + 20);
  });
});
