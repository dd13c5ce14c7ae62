import { eventually } from '@tribune/testkit';
import { ServerCluster } from '../../src/server-cluster';

const KEY = 'spoiled-in-one-copy';

/** A server whose tables are not what the others have, by a switch that only tests know. */
describe('three servers of which one has other tables', () => {
  let cluster: ServerCluster;

  beforeAll(async () => {
    cluster = await ServerCluster.start(3, {
      prepare: ([, , odd]) => void odd!.surround({ TRIBUNE_TEST_SPOILED_KEY: KEY }),
    });
  });
  afterAll(() => cluster.dispose());

  it('find it out, and it serves nobody any more', async () => {
    const odd = cluster.servers[2]!;
    const others = cluster.followersOf(odd);
    await others[0]!.http.put(`/v1/kv/${KEY}`, 'right');
    const began = performance.now();
    await eventually('the odd one ends', async () => !odd.isRunning, 150_000);
    process.stdout.write(
      `other tables on one server: ended ${((performance.now() - began) / 1000).toFixed(1)} s later\n`,
    );
    expect(odd.process.output).toContain('is quarantined');
    for (const server of others)
      expect((await server.http.send('GET', `/v1/kv/${KEY}?raw&consistent`)).text).toBe('right');
    odd.start();
    await eventually('it refuses to start again', async () => !odd.isRunning, 60_000);
    expect(odd.process.output).toContain('remove its folder and let it join under a new id');
  }, 300_000);
});
