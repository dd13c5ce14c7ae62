import type { FenceResult, StateApi } from '@tribune/protocol';
import type { LocalState } from '@tribune/testkit';
import { startHarness } from './harness/agent-harness';
import { asking, textOf } from './harness/ask';

/** The state service as a follower or a client has it: every fence is a message away. */
function remote(answer: (state: LocalState) => Promise<FenceResult>): (state: LocalState) => StateApi {
  return (state) => Object.assign(Object.create(state) as LocalState, { readFence: () => answer(state) });
}

const later = (state: LocalState): Promise<FenceResult> =>
  new Promise((resolve) => setImmediate(() => resolve(state.readFence())));

test('each read asks for one fence, also when its answer is at hand', async () => {
  let fences = 0;
  const harness = await startHarness(
    {},
    remote((state) => {
      fences++;
      return later(state);
    }),
  );
  const ask = asking(harness);
  await ask('PUT /v1/kv/a', '0');
  for (let i = 1; i <= 10; i++) {
    expect(textOf(await ask('GET /v1/kv/a?raw'))).toBe(String(Math.floor((i - 1) / 5)));
    if (i === 5) await ask('PUT /v1/kv/a', '1');
  }
  expect(fences).toBe(10);
  await harness.stop();
});

test('an answer at hand is not given when its row changed while the fence was on its way', async () => {
  let release = (): void => undefined;
  let held = false;
  let enter = (): void => undefined;
  const entered = new Promise<void>((resolve) => (enter = resolve));
  const harness = await startHarness(
    {},
    remote(async (state) => {
      if (held) {
        enter();
        await new Promise<void>((resolve) => (release = resolve));
      }
      return state.readFence();
    }),
  );
  const ask = asking(harness);
  await ask('PUT /v1/kv/a', 'old');
  for (let i = 0; i < 3; i++) await ask('GET /v1/kv/a?raw');
  held = true;
  const reading = ask('GET /v1/kv/a?raw');
  await entered;
  await ask('PUT /v1/kv/a', 'new');
  held = false;
  release();
  expect(textOf(await reading)).toBe('new');
  await harness.stop();
});

test('a fence that fails sends the read the long way, which waits for a leader and then says so', async () => {
  const harness = await startHarness({ leaderHoldMs: 200 }, remote(later));
  const ask = asking(harness);
  await ask('PUT /v1/kv/a', 'x');
  for (let i = 0; i < 3; i++) await ask('GET /v1/kv/a');
  harness.state.setLeading(false);
  const answer = await ask('GET /v1/kv/a');
  expect([answer.status, textOf(answer)]).toEqual([500, 'No cluster leader']);
  await harness.stop();
});
