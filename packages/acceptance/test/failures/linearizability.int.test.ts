import { eventually } from '@tribune/testkit';
import { split } from '../../src/links/links';
import { ServerCluster } from '../../src/server-cluster';
import { bound, IS_SOAK, NETWORK, ROUND_MS, rounds } from '../../src/soak';
import { Workload } from '../../src/workload/workload';

/** Longer than an election and the first writes after it; a resumed leader still believes in itself. */
const FAULT_MS = 2_500;
/** What is asked of it meanwhile waits in its sockets, and is answered when it goes on. */
const PAUSE_MS = bound(10_000, 2_500);
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Faults strike while eight clients work; their whole history is judged after each. `npm test`: a round of each of the six
 * faults with three servers. The soak command: TRIBUNE_ROUNDS of each, with three and with five.
 */
describe.each(IS_SOAK ? [3, 5] : [3])('%i servers, a round of each of six faults', (count) => {
  let cluster: ServerCluster;
  let workload: Workload;

  beforeAll(async () => {
    cluster = await ServerCluster.start(count, { network: NETWORK });
  });
  afterAll(() => cluster.dispose());

  beforeEach(async () => {
    workload = await new Workload(cluster.servers).start();
    await progress();
  });
  afterEach(async () => {
    cluster.links!.heal();
    await workload.stop();
    workload.close();
  });

  /** Ten more writes are acknowledged. */
  async function progress(): Promise<void> {
    const before = workload.writes;
    await eventually('writes go on', async () => workload.writes >= before + 10);
  }

  async function expectSound(): Promise<void> {
    cluster.links!.heal();
    await progress();
    await workload.stop();
    await cluster.ready();
    expect(await workload.judge()).toBe('linearizable');
    for (const server of cluster.servers) expect(await workload.missing(server.http)).toEqual([]);
  }

  const faults: Record<string, () => Promise<void>> = {
    'kill -9 of the leader': async () => {
      const leader = await cluster.leader();
      await leader.kill();
      await progress();
      leader.start();
    },
    'SIGSTOP and SIGCONT of the leader': async () => {
      const leader = await cluster.leader();
      leader.process.signal('SIGSTOP');
      await sleep(PAUSE_MS);
      leader.process.signal('SIGCONT');
    },
    'full restart: kill -9 of all': async () => {
      await Promise.all(cluster.servers.map((server) => server.kill()));
      for (const server of cluster.servers) server.start();
    },
    'partition: the leader cut off from all others': async () => {
      const leader = cluster.indexOf(await cluster.leader());
      const others = cluster.servers.map((_, i) => i).filter((i) => i !== leader);
      split(cluster.links!, [leader], others);
      await sleep(FAULT_MS);
    },
    'partition in one direction: a leader that hears but is not heard': async () => {
      const leader = cluster.indexOf(await cluster.leader());
      for (let i = 0; i < count; i++) if (i !== leader) cluster.links!.cut(leader, i);
      await sleep(FAULT_MS);
    },
    'random partitions, a new set each half second': async () => {
      for (let i = 0; i < FAULT_MS / 500; i++) {
        cluster.links!.heal();
        for (let cuts = 0; cuts < count; cuts++) {
          const [from, to] = [0, 0].map(() => Math.floor(Math.random() * count));
          if (from !== to) cluster.links!.cut(from!, to!);
        }
        await sleep(500);
      }
    },
  };

  it.each(Object.keys(faults))(
    '%s: answers stay linearizable, nothing acknowledged is lost',
    async (fault) => {
      for (let round = 0; round < rounds(1); round++) {
        if (round > 0) {
          workload = await new Workload(cluster.servers).start();
          await progress();
        }
        await faults[fault]!();
        await expectSound();
        workload.close();
      }
    },
    ROUND_MS * rounds(1),
  );
});
