import { assert, seededRandom } from '@tribune/platform';
import { LocalState, SimClock } from '@tribune/testkit';
import type { Call } from '../http/call';
import { ParkedReply } from '../http/reply';
import { Query } from '../http/query';
import { catalogApiDefaults } from '../options';
import { Fence } from './fence';
import { LeaderHold } from './leader-hold';
import { Parking } from './parking';
import { Reads, type ReadSpec } from './reads';

const spec: ReadSpec = {
  topics: [{ kind: 'kvPrefix', prefix: 'a' }],
  family: 'kv',
  evaluate: () => ({ index: 5, watch: [], content: { kind: 'json', value: 'x' } }),
};

/** How long a read waits whose chance of a longer wait is `share` of the longest. Milliseconds. */
async function waitedMs(query: string, share: number, stepMs = 1): Promise<number> {
  const clock = new SimClock();
  const state = new LocalState(clock);
  const random = { ...seededRandom(1), next: () => share };
  const parking = new Parking(state.view, catalogApiDefaults.limits, clock, () => undefined);
  const options = { ...catalogApiDefaults, http: [], nodeName: 'n', nodeId: '' };
  const fence = new Fence(state, state.view, new LeaderHold(clock, random, 0));
  const reads = new Reads(options, state, state.view, fence, parking, random);
  const call = {
    path: '/v1/kv/a',
    url: `/v1/kv/a?${query}`,
    query: Query.parse(query)!,
    header: () => undefined,
    onClose: () => undefined,
    expectsNothing: () => undefined,
  } as unknown as Call;
  let isAnswered = false;
  const reply = await reads.serve(call, spec);
  assert(reply instanceof ParkedReply, 'it waits');
  reply.subscribe(() => (isAnswered = true));
  const began = clock.monotonicMs();
  while (!isAnswered) await clock.elapse(stepMs);
  return clock.monotonicMs() - began;
}

// Consul's `wait`: up to a sixteenth longer, so that not all who began together come back together.
test.each([
  [0, 800],
  [0.5, 825],
  [0.999, 847],
])('a blocking read waits its time and at most a sixteenth more (%d of it: %d ms)', async (share, ms) => {
  expect(await waitedMs('index=5&wait=800ms', share)).toBe(ms);
});

test('a wait is cut at the longest that this agent takes', async () => {
  expect(await waitedMs('index=5&wait=9h', 0, 1_000)).toBe(catalogApiDefaults.maxQueryTimeMs);
});
