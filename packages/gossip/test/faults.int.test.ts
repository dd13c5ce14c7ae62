import { changeKeysUnderLoad } from '../src/soak/key-change';
import { RelayedPool } from '../src/soak/relayed-pool';

/** Rows 34 and 46 of the acceptance matrix, in small; `node dist/soak/main.js loss` and `key-change` are the long runs. */
describe('a pool over real sockets under faults', () => {
  it.each([
    ['30 % of all packets get lost', 0.3],
    ['UDP does not work at all, but TCP does', 1],
  ])('does not flap while %s', async (_, loss) => {
    const pool = await RelayedPool.open({ agents: 5, profile: 'brisk' });
    try {
      pool.loss = loss;
      while (pool.lost < 150) await new Promise((resolve) => setTimeout(resolve, 50));
      expect(pool.changes).toEqual([]);
    } finally {
      await pool.close();
    }
  });

  it('changes its key three times under a load of events without a flap', async () => {
    const { flaps, fired } = await changeKeysUnderLoad({ agents: 5, changes: 3, profile: 'brisk' }, 10);
    expect(flaps).toEqual([]);
    expect(fired).toBeGreaterThan(50);
  });
});
