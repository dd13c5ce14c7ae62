import { seededRandom } from '@tribune/platform';
import { LocalState, SimClock } from '@tribune/testkit';
import { Fence } from './fence';
import { LeaderHold } from './leader-hold';
import { Writes } from './writes';

const HOLD_MS = 7_000;

function scene() {
  const clock = new SimClock();
  const state = new LocalState(clock);
  const hold = new LeaderHold(clock, seededRandom(1), HOLD_MS);
  return {
    clock,
    state,
    hold,
    fence: new Fence(state, state.view, hold),
    writes: new Writes(state, hold),
  };
}

const set = { type: 'kv', operation: { verb: 'set', key: 'k', value: Buffer.from('v'), flags: 0n } } as const;

/** Advances in small steps, letting promises settle in between. */
async function pass(clock: SimClock, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 50) {
    clock.advance(50);
    for (let i = 0; i < 5; i++) await Promise.resolve();
  }
}

test('with a leader at hand a fence needs no promise', () => {
  const { fence } = scene();
  expect(fence.pass()).toBeUndefined();
  expect(fence.tryPass()).toBe(true);
});

test('a read outlives an election', async () => {
  const { clock, state, fence } = scene();
  state.setLeading(false);
  expect(fence.tryPass()).toBe(false);
  const passed = fence.pass()!;
  await pass(clock, 1_000);
  state.setLeading(true);
  await pass(clock, 200);
  await expect(passed).resolves.toBeUndefined();
});

test('a write outlives an election', async () => {
  const { clock, state, writes } = scene();
  state.setLeading(false);
  const written = writes.ask(set);
  await pass(clock, 1_000);
  state.setLeading(true);
  await pass(clock, 200);
  await expect(written).resolves.toBe(true);
});

test.each(['read', 'write'])('a %s that finds no leader in time says so', async (kind) => {
  const { clock, state, fence, writes } = scene();
  state.setLeading(false);
  const done = kind === 'read' ? fence.pass()! : writes.ask(set);
  const settled = expect(done).rejects.toMatchObject({ message: 'No cluster leader', detail: { status: 500 } });
  await pass(clock, HOLD_MS + 500);
  await settled;
});

test.each([
  [
    { kind: 'refused', reason: 'log queue is full', retryable: true },
    { status: 503, retryAfterS: 1 },
  ],
  [{ kind: 'refused', reason: 'entry too large', retryable: false }, { status: 500 }],
  [{ kind: 'unknown', reason: 'leadership lost while committing log' }, { status: 500 }],
] as const)('%j becomes %j', async (result, detail) => {
  const { state, hold } = scene();
  const refusing = Object.assign(Object.create(state) as LocalState, { propose: async () => result });
  const writes = new Writes(refusing, hold);
  await expect(writes.ask(set)).rejects.toMatchObject({ message: result.reason, detail });
});
