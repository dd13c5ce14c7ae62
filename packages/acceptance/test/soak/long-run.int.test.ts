import { eventually } from '@tribune/testkit';
import type { AgentProcess } from '../../src/agent-process';
import { split } from '../../src/links/links';
import { ServerCluster } from '../../src/server-cluster';
import { NETWORK } from '../../src/soak';
import { Workload } from '../../src/workload/workload';

const MINUTES = Number(process.env.TRIBUNE_MINUTES ?? 30);
/** A history that is judged by itself, on keys of its own; the faults go on all the while. */
const CHAPTER_MS = 60_000;
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Kills, pauses and cuts one after another, and now and then together, while eight clients work without a break. */
describe('three servers under faults without a break', () => {
  let cluster: ServerCluster;
  let running = true;

  beforeAll(async () => {
    cluster = await ServerCluster.start(3, { network: NETWORK });
  });
  afterAll(() => cluster.dispose());

  const anyone = (): AgentProcess => cluster.servers[Math.floor(Math.random() * cluster.servers.length)]!;

  const faults: readonly (() => Promise<void>)[] = [
    async () => {
      const server = anyone();
      await server.kill();
      await sleep(Math.random() * 3_000);
      server.start();
    },
    async () => {
      const server = anyone();
      server.process.signal('SIGSTOP');
      await sleep(Math.random() * 5_000);
      server.process.signal('SIGCONT');
    },
    async () => {
      const alone = cluster.indexOf(anyone());
      split(
        cluster.links!,
        [alone],
        [0, 1, 2].filter((i) => i !== alone),
      );
      await sleep(Math.random() * 5_000);
    },
    async () => {
      const [from, to] = [anyone(), anyone()].map((server) => cluster.indexOf(server));
      if (from !== to) cluster.links!.cut(from!, to!);
      await sleep(Math.random() * 5_000);
    },
  ];

  async function torment(): Promise<number> {
    let count = 0;
    for (; running; count++) {
      await faults[count % faults.length]!();
      // Every second time the cut outlives the next fault.
      if (Math.random() < 0.5) cluster.links!.heal();
      await sleep(Math.random() * 2_000);
    }
    cluster.links!.heal();
    return count;
  }

  it(
    `answer linearizably for ${MINUTES} minutes, and lose nothing`,
    async () => {
      const chapters: Workload[] = [];
      const tormented = torment();
      const until = performance.now() + MINUTES * 60_000;
      while (performance.now() < until) {
        const chapter = new Workload(cluster.servers, 120);
        chapters.push(chapter);
        await eventually('sessions', () => chapter.start());
        await sleep(Math.min(CHAPTER_MS, until - performance.now()));
        await chapter.stop();
      }
      running = false;
      const faultCount = await tormented;
      await cluster.ready();
      for (const chapter of chapters) {
        expect(await chapter.judge()).toBe('linearizable');
        for (const server of cluster.servers) expect(await chapter.missing(server.http)).toEqual([]);
        chapter.close();
      }
      const operations = chapters.reduce((sum, { history }) => sum + history.length, 0);
      const writes = chapters.reduce((sum, { acknowledged }) => sum + acknowledged.size, 0);
      process.stdout.write(
        `${MINUTES} minutes: ${faultCount} faults, ${operations} operations in ${chapters.length} histories, ` +
          `0 illegal, 0 undecided; 0 of ${writes} keys lost\n`,
      );
    },
    (MINUTES + 15) * 60_000,
  );
});
