import { eventually } from '@tribune/testkit';
import type { AgentProcess } from '../../src/agent-process';
import { STALLABLE, stall } from '../../src/faults/stall';
import { split } from '../../src/links/links';
import { ServerCluster } from '../../src/server-cluster';
import { NETWORK } from '../../src/soak';
import { quantile } from '../../src/workload/quantile';
import { SteadyWriter } from '../../src/workload/steady-writer';

/** How long a link stays cut. */
const CUT_MS = 60_000;
const STALL_MS = 2_000;
/** Of writes to those who are left when a leader is cut off. */
const P99_MS = 2_000;
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Elections that somebody won so far. */
function elections({ servers }: ServerCluster): number {
  return servers.reduce((sum, { process }) => sum + process.output.split('"role":"leader"').length - 1, 0);
}

/** A fault that must not shake the group: it costs one election at most. */
async function expectOneAtMost(cluster: ServerCluster, what: string, fault: () => Promise<void>): Promise<void> {
  await cluster.ready();
  const before = elections(cluster);
  await fault();
  cluster.links?.heal();
  await cluster.ready();
  const held = elections(cluster) - before;
  process.stdout.write(`${what}: ${held} elections\n`);
  expect(held).toBeLessThanOrEqual(1);
}

describe('three servers with cut links elect once at most', () => {
  let cluster: ServerCluster;

  beforeAll(async () => {
    cluster = await ServerCluster.start(3, { network: NETWORK });
  });
  afterAll(() => cluster.dispose());
  afterEach(() => cluster.links!.heal());

  it.each(['leader', 'follower'])('when the %s does not hear the other', async (deaf) => {
    const leader = await cluster.leader();
    const pair = [leader, cluster.followersOf(leader)[0]!].map((server) => cluster.indexOf(server));
    const [to, from] = deaf === 'leader' ? pair : pair.reverse();
    await expectOneAtMost(cluster, `the ${deaf} does not hear the other for ${CUT_MS / 1000} s`, async () => {
      cluster.links!.cut(from!, to!);
      await sleep(CUT_MS);
    });
  });

  it('when the leader is cut off, which then neither writes nor reads', async () => {
    const leader = await cluster.leader();
    const others = cluster.followersOf(leader);
    const minority = new SteadyWriter([leader], 'minority/');
    const majority = new SteadyWriter(others, 'majority/');
    await expectOneAtMost(cluster, `the leader is cut off for ${CUT_MS / 1000} s`, async () => {
      split(
        cluster.links!,
        [cluster.indexOf(leader)],
        others.map((server) => cluster.indexOf(server)),
      );
      // Until it notices, what it is given is in its log and may be kept by nobody: it is not acknowledged either.
      minority.start(20);
      majority.start(50);
      await eventually('a leader of the majority', () => cluster.leader(others));
      await others[0]!.http.put('/v1/kv/majority', 'new');
      const stale = await leader.http.send('GET', '/v1/kv/majority').catch(() => undefined);
      expect(stale?.status).not.toBe(404);
      await sleep(CUT_MS);
      expect(minority.acknowledged).toEqual([]);
    });
    await minority.stop();
    await majority.stop();
    const [p99, longest] = [quantile(majority.latencies, 0.99), Math.max(...majority.latencies)];
    const { length: acknowledged } = majority.acknowledged;
    process.stdout.write(
      `writes to the others: ${acknowledged} acknowledged, ${majority.failures.length} unknown, p99 ${p99.toFixed(0)} ms, longest ${longest.toFixed(0)}\n`,
    );
    expect(p99).toBeLessThan(P99_MS);
  });
});

describe('three servers elect once at most', () => {
  let cluster: ServerCluster;

  beforeAll(async () => {
    // On plain loopback, where their inspectors can be reached.
    const prepare = (servers: readonly AgentProcess[]): void => {
      for (const server of servers) server.surround(STALLABLE);
    };
    cluster = await ServerCluster.start(3, { prepare });
  });
  afterAll(() => cluster.dispose());

  it.each(['leader', 'follower'])('when the event loop of the %s stands still', async (role) => {
    const leader = await cluster.leader();
    const victim = role === 'leader' ? leader : cluster.followersOf(leader)[0]!;
    await expectOneAtMost(cluster, `the ${role} stands still for ${STALL_MS / 1000} s`, () =>
      stall(victim.process, STALL_MS),
    );
  });
});
