import { eventually } from '@tribune/testkit';
import { HttpClient } from '../../src/http';
import { ServerCluster } from '../../src/server-cluster';
import { Watcher } from '../../src/workload/watcher';

const CHANGES = Number(process.env.TRIBUNE_CHANGES ?? 100_000);
const KEYS = 40;
/** After so many changes of each key all must have been woken for the last; the leader dies in the middle of every fifth. */
const CHANGES_PER_STEP = 50;

describe('blocking queries', () => {
  it(`miss none of ${CHANGES} last changes, while leaders die`, async () => {
    const cluster = await ServerCluster.start(3);
    const clients = cluster.servers.map((server) => new HttpClient(server.ports.http));
    const keys = Array.from({ length: KEYS }, (_, i) => `watched/${i}`);
    for (const key of keys) await clients[0]!.put(`/v1/kv/${key}`, 'begin');
    const watchers = keys.map((key, i) => new Watcher(cluster.servers[i % 3]!, key));
    const write = (key: string, i: number, value: string): Promise<unknown> =>
      eventually(
        'a write',
        async () => {
          const turn = cluster.servers.findIndex((server, s) => server.isRunning && s >= i % 3);
          const answer = await clients[Math.max(turn, 0)]!.send('PUT', `/v1/kv/${key}`, value);
          return answer.status === 200;
        },
        60_000,
      );
    let deaths = 0;
    for (let step = 0; step * KEYS * CHANGES_PER_STEP < CHANGES; step++) {
      const leader = step % 5 === 4 ? await cluster.leader() : undefined;
      const written = keys.map(async (key, k) => {
        for (let i = 0; i < CHANGES_PER_STEP; i++) {
          if (leader && k === 0 && i === CHANGES_PER_STEP / 2) await leader.kill();
          await write(key, k + i, `${step}.${i}`);
        }
      });
      await Promise.all(written);
      if (leader) {
        deaths++;
        await leader.start().ready();
      }
      const last = `${step}.${CHANGES_PER_STEP - 1}`;
      await eventually(`${last} at every watcher`, async () => watchers.every((each) => each.last === last));
    }
    await Promise.all(watchers.map((watcher) => watcher.stop()));
    for (const { indexes } of watchers) expect(indexes).toEqual([...indexes].sort((a, b) => a - b));
    const answers = watchers.reduce((sum, { indexes }) => sum + indexes.length, 0);
    process.stdout.write(
      `blocking queries: ${CHANGES} changes, ${watchers.length} watchers, ${deaths} dead leaders, ${answers} answers, none missed\n`,
    );
    for (const client of clients) client.close();
    await cluster.dispose();
  }, 3_600_000);
});
