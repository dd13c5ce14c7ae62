import { initialState, NO_THRESHOLDS } from '../core/check-state';
import { LocalState } from '../local/local-state';
import { RunnerFixture, service } from '../testing/runner-fixture';
import { changedScopes, fullScopes } from './scopes';

function localState(services: number): LocalState {
  const local = new LocalState();
  for (let i = 0; i < services; i++) {
    const id = `s${i}`;
    local.putService({ id, service: service({ name: id }).service, token: '', fromFile: false, sidecarOf: '' });
    local.putCheck({
      id: `c${i}`,
      definition: undefined,
      name: '',
      notes: '',
      serviceId: id,
      serviceName: id,
      serviceTags: null,
      type: '',
      state: initialState({ status: 'passing', output: '' }, NO_THRESHOLDS, 0),
      fromFile: false,
    });
  }
  return local;
}

test('a full sync goes in steps, each with whole services, and leaves nothing out', () => {
  const { tables } = new RunnerFixture().state.view;
  const scopes = fullScopes(localState(1000), tables, 'n1');
  expect(scopes.length).toBeGreaterThan(5);
  for (const { services, checks } of scopes) {
    expect(services.size + checks.size).toBeLessThanOrEqual(257);
    expect([...services].map((id) => id.slice(1))).toEqual([...checks].map((id) => id.slice(1)));
  }
  expect(new Set(scopes.flatMap(({ services }) => [...services])).size).toBe(1000);
});

test('a full sync includes what only the catalog has', async () => {
  const agent = await new RunnerFixture().start();
  await agent.register({ name: 'web', check: { ttl: '1h' } });
  const [scope] = fullScopes(new LocalState(), agent.state.view.tables, 'n1');
  expect([[...scope!.services], [...scope!.checks]]).toEqual([['web'], ['service:web']]);
  await agent.stop();
});

test('a sync of changes looks at nothing else', () => {
  const changed = { services: new Set(['s1', 'gone']), checks: new Set(['c1', 'c2', 'lost']) };
  expect(changedScopes(localState(10), changed)).toEqual([changed]);
});

test('no change, no scope', () => {
  expect(changedScopes(localState(1), { services: new Set(), checks: new Set() })).toEqual([]);
});
