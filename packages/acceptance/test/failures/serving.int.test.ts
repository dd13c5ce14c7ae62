import { eventually, PATIENCE_MS } from '@tribune/testkit';
import type { AgentProcess } from '../../src/agent-process';
import { HttpClient } from '../../src/http';
import { ServerCluster } from '../../src/server-cluster';
import { PREVIOUS, TRIBUNE } from '../../src/child';
import { bound, IS_SOAK, ROUND_MS, rounds } from '../../src/soak';
import { quantile } from '../../src/workload/quantile';
import { SteadyWriter } from '../../src/workload/steady-writer';
import { Watcher } from '../../src/workload/watcher';

const TTL_MS = 2_000;
const LOCK_DELAY_MS = 1_000;
/** Of a session that is to outlive the test. */
const LONG_TTL_MS = 3_600_000;

/** What users see while servers change hands, come and go. */
describe('three servers', () => {
  let cluster: ServerCluster;

  beforeAll(async () => {
    const prepare = (servers: readonly AgentProcess[]): void => servers.forEach((server) => void server.run(PREVIOUS));
    cluster = await ServerCluster.start(3, { configuration: { session_ttl_min: '1s' }, prepare });
  });
  afterAll(() => cluster.dispose());

  async function expectAll(keys: readonly string[], prefix: string): Promise<void> {
    for (const server of cluster.servers) {
      const there = new Set(await server.http.json<string[]>(`/v1/kv/${prefix}?keys&consistent`));
      expect(keys.filter((key) => !there.has(key))).toEqual([]);
    }
  }

  it(
    'wake every blocking query for every last change, also when the leader dies, and no index goes back',
    async () => {
      await eventually('a first value', () => cluster.servers[0]!.http.put('/v1/kv/watched', 'begin'));
      const watchers = cluster.servers.flatMap((server) => [
        new Watcher(server, 'watched'),
        new Watcher(server, 'watched'),
      ]);
      for (let round = 0; round < rounds(2); round++) {
        const leader = await cluster.leader();
        const survivors = cluster.followersOf(leader);
        for (let i = 0; i < 40; i++) {
          if (i === 20) await leader.kill();
          const value = `${round}.${i}`;
          await eventually('a write', async () => {
            const answer = await survivors[i % 2]!.http.send('PUT', '/v1/kv/watched', value).catch(() => undefined);
            return answer?.status === 200;
          });
          if (i % 10 !== 9) continue;
          const awake = watchers.filter((_, w) => cluster.servers[w >> 1]!.isRunning);
          await eventually(`${value} everywhere`, async () => awake.every(({ last }) => last === value));
        }
        await leader.start().ready();
        await eventually('the returned server wakes its watchers', async () =>
          watchers.every(({ last }) => last === `${round}.39`),
        );
      }
      await Promise.all(watchers.map((watcher) => watcher.stop()));
      for (const { indexes, seen } of watchers) {
        expect(indexes).toEqual([...indexes].sort((a, b) => a - b));
        expect(new Set(seen).size).toBe(seen.length);
      }
    },
    ROUND_MS * rounds(2),
  );

  it(
    'hand over the lead under load: a short pause, nothing lost',
    async () => {
      const pauses: number[] = [];
      const writer = new SteadyWriter(cluster.servers, 'transfer/').start(100);
      for (let round = 0; round < rounds(3); round++) {
        await eventually(
          'a steady pace',
          async () => writer.moments.filter((at) => at > performance.now() - 300).length > 10,
        );
        let leader = await cluster.leader();
        let began = performance.now();
        // A busy successor may not win in time; then the leader goes on, says so, and is asked again.
        await eventually('a transfer', async () => {
          leader = await cluster.leader();
          began = performance.now();
          const { status } = await leader.http.send('POST', '/v1/operator/raft/transfer-leader');
          // It may lose an election to the old one before we look.
          return status === 200 && (await cluster.leader()) !== leader;
        });
        const since = performance.now();
        await eventually('writes again', async () => writer.moments.at(-1)! > since);
        pauses.push(writer.longestPauseMs(began));
      }
      await writer.stop();
      report('transfer: pause in ms', pauses, `${writer.failures.length} of ${writer.total} failed`);
      // Acceptance matrix, row 23: 150 ms at p99 and one request of a thousand.
      if (IS_SOAK) expect(quantile(pauses, 0.99)).toBeLessThan(150);
      if (IS_SOAK) expect(writer.failures.length / writer.total).toBeLessThanOrEqual(0.001);
      await expectAll(writer.acknowledged, 'transfer/');
    },
    ROUND_MS * rounds(3),
  );

  it(
    'are restarted one after another under load, and lose nothing',
    async () => {
      const away = new Set<number>();
      const writer = new SteadyWriter(cluster.servers, 'rolling/', (server) => !away.has(server));
      writer.start(bound(500, 100));
      const stopsMs: number[] = [];
      for (let round = 0; round < rounds(1); round++) {
        for (const [i, server] of cluster.servers.entries()) {
          away.add(i);
          const began = performance.now();
          await server.process.stop('SIGTERM');
          stopsMs.push(performance.now() - began);
          await server
            .run(round % 2 === 0 ? TRIBUNE : PREVIOUS)
            .start()
            .ready();
          await cluster.leader();
          const goal = writer.acknowledged.length + 20;
          await eventually('writes go on', async () => writer.acknowledged.length >= goal);
          away.delete(i);
        }
      }
      await writer.stop();
      report(
        'rolling restart: failed requests',
        [writer.failures.length],
        `of ${writer.total}: ${[...new Set(writer.failures)].join('; ')}`,
      );
      report('rolling restart: time to stop in ms', stopsMs, 'SIGTERM to exit');
      // Row 24. On a machine that does much else servers elect without being restarted.
      if (IS_SOAK) expect(writer.failures.length / writer.total).toBeLessThanOrEqual(0.001);
      await expectAll(writer.acknowledged, 'rolling/');
    },
    ROUND_MS * rounds(1),
  );

  it('give a lock to the next one when its holder sleeps too long, and refuse what the sleeper writes then', async () => {
    const [a, b] = cluster.servers.map(({ http }) => http) as [HttpClient, HttpClient];
    const session = async (ttlMs: number): Promise<string> => {
      const body = { TTL: `${ttlMs / 1000}s`, LockDelay: `${LOCK_DELAY_MS / 1000}s`, Checks: [] };
      return (JSON.parse(await a.put('/v1/session/create', body)) as { ID: string }).ID;
    };
    const next = await session(LONG_TTL_MS);
    let [sleeper, began] = ['', 0];
    // A machine that is held up for as long as a session lives has lost it before it was used.
    await eventually('a holder that then sleeps', async () => {
      began = performance.now();
      sleeper = await session(TTL_MS);
      return (await a.put(`/v1/kv/lock?acquire=${sleeper}`, 'sleeper')) === 'true';
    });
    const [held] = await a.json<{ ModifyIndex: number }[]>('/v1/kv/lock');
    await eventually('the second holder', async () => (await b.put(`/v1/kv/lock?acquire=${next}`, 'next')) === 'true');
    const waitedMs = performance.now() - began;
    expect(waitedMs).toBeGreaterThanOrEqual(TTL_MS + LOCK_DELAY_MS);
    process.stdout.write(`lock of a sleeping holder: free after ${waitedMs.toFixed(0)} ms\n`);
    const verb = { Verb: 'check-session', Key: 'lock', Session: sleeper };
    const write = { Verb: 'set', Key: 'fenced', Value: 'eA==' };
    const fenced = await a.decided('PUT', '/v1/txn', JSON.stringify([{ KV: verb }, { KV: write }]));
    expect(fenced.status).toBe(409);
    expect(await a.put(`/v1/kv/lock?cas=${held!.ModifyIndex}`, 'sleeper')).toBe('false');
    const again = await a.decided('PUT', `/v1/kv/lock?acquire=${sleeper}`, 'sleeper');
    expect(again).toMatchObject({ status: 500, text: expect.stringContaining('invalid session') });
    expect((await a.decided('GET', '/v1/kv/fenced')).status).toBe(404);
    expect((await b.decided('GET', '/v1/kv/lock?raw')).text).toBe('next');
  });

  it('answer metrics, health and stale questions by HTTP and DNS when the quorum is lost, and refuse all else', async () => {
    const last = await cluster.leader();
    await eventually('a value', () => last.http.put('/v1/kv/kept', 'value'));
    await Promise.all(cluster.followersOf(last).map((server) => server.kill()));
    await eventually('the loss is noticed', async () => (await ask(last, '/v1/status/leader')).text.trim() === '""');
    for (let i = 0; i < 50; i++) {
      expect(await ask(last, '/v1/agent/metrics')).toMatchObject({ status: 200 });
      expect(await ask(last, '/v1/agent/members')).toMatchObject({ status: 200 });
      const row = await ask(last, '/v1/kv/kept?stale');
      expect(row).toMatchObject({ status: 200, headers: { 'x-consul-knownleader': 'false' } });
      expect(await ask(last, '/v1/health/service/consul?stale')).toMatchObject({ status: 200 });
      expect(await addressesByDns(last)).toHaveLength(1);
    }
    const patient = new HttpClient(last.ports.http, undefined, last.host);
    const refused = await Promise.all([
      patient.send('GET', '/v1/kv/kept'),
      patient.send('GET', '/v1/kv/kept?consistent'),
      patient.send('PUT', '/v1/kv/kept', 'other'),
    ]);
    patient.close();
    for (const answer of refused) expect(answer).toMatchObject({ status: 500, text: 'No cluster leader' });
    for (const server of cluster.followersOf(last)) server.start();
    await cluster.ready();
    expect((await last.http.decided('GET', '/v1/kv/kept?raw')).text).toBe('value');
  });
});

const ask = (server: AgentProcess, path: string): ReturnType<AgentProcess['http']['send']> =>
  server.http.send('GET', path);

async function addressesByDns(server: AgentProcess): Promise<string[]> {
  const { Resolver } = await import('node:dns/promises');
  const resolver = new Resolver({ timeout: PATIENCE_MS, tries: 1 });
  resolver.setServers([`${server.host}:${server.ports.dns}`]);
  return resolver.resolve4(`${server.name}.node.consul`);
}

/** Figures for docs/reliability.md. */
function report(what: string, values: readonly number[], note: string): void {
  const [half, most] = [0.5, 0.99].map((share) => quantile(values, share).toFixed(0));
  process.stdout.write(`${what}: p50 ${half}, p99 ${most}, n ${values.length}; ${note}\n`);
}
