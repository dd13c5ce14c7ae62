import {
  initialState,
  isOverdue,
  NO_THRESHOLDS,
  observe,
  publish,
  type CheckState,
  type Thresholds,
} from './check-state';

const critical = { status: 'critical', output: 'down' };
const passing = { status: 'passing', output: 'up' };
const fresh = { status: 'critical', output: '' };

/** Feeds observations (p, w, c) and gives the published status after each. */
function published(
  thresholds: Thresholds,
  observations: string,
  from: CheckState = initialState(fresh, thresholds, 0),
): string {
  let state = from;
  return [...observations]
    .map((letter) => {
      const status = { p: 'passing', w: 'warning', c: 'critical' }[letter]!;
      state = observe(state, thresholds, { status, output: '' }, 0);
      return state.status[0];
    })
    .join('');
}

test.each<[string, Thresholds, string, string]>([
  ['without thresholds every observation counts', NO_THRESHOLDS, 'pcwpc', 'pcwpc'],
  ['the first observation is published at once', { ...NO_THRESHOLDS, successBeforePassing: 3 }, 'p', 'p'],
  ['three failures in a row make critical', { ...NO_THRESHOLDS, failuresBeforeCritical: 3 }, 'pccpccc', 'ppppppc'],
  ['two successes in a row make passing', { ...NO_THRESHOLDS, successBeforePassing: 2 }, 'cpcpp', 'ccccp'],
  ['warnings count as successes', { ...NO_THRESHOLDS, successBeforePassing: 2 }, 'cwp', 'ccp'],
  [
    'a lower warning threshold shows on the way to critical',
    { successBeforePassing: 0, failuresBeforeWarning: 2, failuresBeforeCritical: 4 },
    'pcccc',
    'ppwwc',
  ],
  [
    'without a warning threshold there is no warning on the way',
    { successBeforePassing: 0, failuresBeforeWarning: 0, failuresBeforeCritical: 3 },
    'pccc',
    'pppc',
  ],
])('%s', (_, thresholds, observations, expected) => {
  expect(published(thresholds, observations)).toBe(expected);
});

test('an observation below its threshold leaves the published output alone', () => {
  const thresholds = { ...NO_THRESHOLDS, failuresBeforeCritical: 2 };
  const up = observe(initialState(fresh, thresholds, 0), thresholds, passing, 0);
  expect(observe(up, thresholds, critical, 1)).toMatchObject(passing);
});

test('critical time starts with the status and survives new outputs', () => {
  const up = publish(initialState(fresh, NO_THRESHOLDS, 0), passing, 5);
  expect(up.criticalSinceMs).toBeUndefined();
  const down = publish(up, critical, 10);
  const still = publish(down, { status: 'critical', output: 'other' }, 90);
  expect(still.criticalSinceMs).toBe(10);
  expect([isOverdue(still, 60, 69), isOverdue(still, 60, 70), isOverdue(still, 0, 1e9)]).toEqual([false, true, false]);
});

test('a check that is registered critical counts from its registration', () => {
  expect(isOverdue(initialState(fresh, NO_THRESHOLDS, 100), 50, 150)).toBe(true);
});
