import { eventually } from '@tribune/testkit';
import type { AgentProcess } from '../../src/agent-process';
import { HttpClient } from '../../src/http';
import { ServerCluster } from '../../src/server-cluster';
import { quantile } from '../../src/workload/quantile';
import { SteadyWriter } from '../../src/workload/steady-writer';

const ENTRIES = 100_000;
const STATE_BYTES = 200 * 1024 * 1024;
const VALUE_BYTES = 400 * 1024;
/** Requests on their way while the log is made longer. */
const LANES = 64;

/** Servers that were away for long. */
describe('a follower', () => {
  let cluster: ServerCluster;

  beforeAll(async () => {
    cluster = await ServerCluster.start(3);
  });
  afterAll(() => cluster.dispose());

  async function applied(server: AgentProcess): Promise<number> {
    const self = await server.http.json<{ Stats: { raft: { applied_index: string } } }>('/v1/agent/self');
    return Number(self.Stats.raft.applied_index);
  }

  /** `count` entries through one server, as many at a time as there are lanes. */
  async function fill(server: AgentProcess, count: number, body: (i: number) => string | Buffer): Promise<void> {
    const http = new HttpClient(server.ports.http, 30_000);
    let next = 0;
    const lane = async (): Promise<void> => {
      for (let i = next++; i < count; i = next++) await http.put(`/v1/kv/fill/${i % 512}`, body(i));
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    http.close();
  }

  it('that lacks 100,000 entries is level soon, under full load, and the leader does not suffer', async () => {
    const leader = await cluster.leader();
    const [lagging, other] = cluster.followersOf(leader) as [AgentProcess, AgentProcess];
    const writer = new SteadyWriter([leader, other], 'load/').start(500);
    await eventually('writes', async () => writer.acknowledged.length >= 2_000, 60_000);
    const idle = quantile(writer.latenciesSince(0), 0.99);
    await lagging.kill();
    const behindAt = await applied(leader);
    await fill(leader, ENTRIES, (i) => `value ${i}`);
    const lacking = (await applied(leader)) - behindAt;
    const mark = writer.mark;
    const began = performance.now();
    lagging.start();
    await eventually('it is level', async () => (await applied(leader)) - (await applied(lagging)) < 250, 120_000);
    const levelMs = performance.now() - began;
    const during = quantile(writer.latenciesSince(mark), 0.99);
    await writer.stop();
    process.stdout.write(
      `${lacking} entries behind under 500 writes/s: level after ${levelMs.toFixed(0)} ms; p99 ${during.toFixed(1)} ms, ` +
        `${idle.toFixed(1)} ms when nobody was behind; ${writer.failures.length} of ${writer.total} failed\n`,
    );
    expect(lacking).toBeGreaterThanOrEqual(ENTRIES);
    expect(levelMs).toBeLessThan(30_000);
    expect(during).toBeLessThan(2 * idle);
  }, 600_000);

  it('gets a snapshot of 200 MB although it and the sender are killed on the way', async () => {
    await cluster.ready();
    const value = Buffer.alloc(VALUE_BYTES, 'v');
    const first = await cluster.leader();
    const lagging = cluster.followersOf(first)[0]!;
    await lagging.kill();
    await fill(first, Math.ceil(STATE_BYTES / VALUE_BYTES), () => value);
    // Far more than the log keeps.
    await fill(first, 20_000, (i) => (i < 512 ? value : `value ${i}`)).catch(() => undefined);
    const installs = (): boolean => /"msg":"sending a snapshot"/.test(allOutput());
    const allOutput = (): string => cluster.servers.map((server) => server.process.output).join('\n');
    lagging.start();
    await eventually('a snapshot is on its way', async () => installs(), 60_000);
    await lagging.kill();
    lagging.start();
    await eventually('again', async () => (allOutput().match(/sending a snapshot/g) ?? []).length >= 2, 60_000);
    const sender = await cluster.leader(cluster.servers.filter((server) => server !== lagging));
    await sender.kill();
    const began = performance.now();
    sender.start();
    await cluster.leader();
    const leader = await cluster.leader();
    await eventually('it is level', async () => (await applied(leader)) - (await applied(lagging)) < 250, 120_000);
    process.stdout.write(
      `snapshot of 200 MB, both ends killed: level ${(performance.now() - began).toFixed(0)} ms later\n`,
    );
    expect(performance.now() - began).toBeLessThan(20_000);
    await cluster.ready();
    const [mine, theirs] = await Promise.all(
      [lagging, leader].map(({ http }) => http.send('GET', '/v1/kv/fill/?recurse&stale').then(({ text }) => text)),
    );
    expect(mine === theirs).toBe(true);
  }, 600_000);
});
