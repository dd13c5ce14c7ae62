import { seededRandom } from '@tribune/platform';
import { ReplicaError } from '@tribune/replica';
import { LocalState, SimClock } from '@tribune/testkit';
import type { View } from '@tribune/state-store';
import { Query } from '../http/query';
import type { Call } from '../http/call';
import { catalogApiDefaults } from '../options';
import { Fence } from './fence';
import { LeaderHold } from './leader-hold';
import { Parking } from './parking';
import { Reads, type ReadSpec } from './reads';

const LIMITS = catalogApiDefaults.limits;

/** Reads over a view that answers `require` like a client agent's. */
function readsOver(require: View['require']): Reads {
  const clock = new SimClock();
  const state = new LocalState(clock);
  const random = seededRandom(1);
  const view = Object.assign(Object.create(state.view) as View, { require });
  const fence = new Fence(state, view, new LeaderHold(clock, random, 0));
  const parking = new Parking(view, LIMITS, clock, () => undefined);
  const options = { ...catalogApiDefaults, http: [], nodeName: 'n', nodeId: '' };
  return new Reads(options, state, view, fence, parking, random);
}

const call = {
  path: '/v1/kv/a',
  url: '/v1/kv/a',
  route: '/v1/kv/',
  query: Query.EMPTY,
  pretty: false,
  header: () => undefined,
} as unknown as Call;
const spec: ReadSpec = {
  topics: [{ kind: 'kvPrefix', prefix: 'a' }],
  family: 'kv',
  evaluate: () => ({ index: 1, watch: [], content: { kind: 'notFound' } }),
};

test('rows that are on their way are waited for', async () => {
  const reads = readsOver(() => Promise.resolve());
  await expect(reads.serve(call, spec)).resolves.toMatchObject({ status: 404 });
});

test('no way to a server is what Consul calls it', async () => {
  const unreachable = new ReplicaError({ code: 'REPLICA_UNREACHABLE' }, 'no server answered in time');
  const reads = readsOver(() => Promise.reject(unreachable));
  await expect(reads.serve(call, spec)).rejects.toMatchObject({
    message: 'No known Consul servers',
    detail: { status: 500 },
  });
});

test('too many topics at once are refused with the advice to come back', () => {
  const tooMany = new ReplicaError({ code: 'REPLICA_TOO_MANY_TOPICS', topicsMax: 3 }, 'this agent follows 3 already');
  const reads = readsOver(() => {
    throw tooMany;
  });
  expect(() => reads.serve(call, spec)).toThrow('this agent follows 3 already');
});
