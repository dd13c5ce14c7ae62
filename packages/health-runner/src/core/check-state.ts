/**
 * The state of one check as the catalog sees it, as a pure machine: observations of a prober go in, the state that is
 * published comes out.
 *
 *     probe says passing/warning ──► successes+1, failures=0 ──► published once successes ≥ successBeforePassing
 *     probe says critical        ──► failures+1, successes=0 ──► published once failures ≥ failuresBeforeCritical,
 *                                                                as `warning` once failures ≥ failuresBeforeWarning
 *
 * A check that flaps faster than its thresholds therefore keeps the state it had. The very first observation is published
 * at once: counters start full, so that a service which starts healthy need not wait for its thresholds (Consul, "Success/
 * Failures before passing/warning/critical").
 *
 * `criticalSinceMs` remembers since when the published state is critical; the reaper compares it with
 * `deregister_critical_service_after`. It survives changes of output and ends with any other status.
 */
export interface Thresholds {
  /** Successes in a row before passing or warning is believed; 0 and 1 both mean the first. */
  readonly successBeforePassing: number;
  /** Failures in a row before warning is shown; never above `failuresBeforeCritical`. */
  readonly failuresBeforeWarning: number;
  /** Failures in a row before critical is believed; 0 and 1 both mean the first. */
  readonly failuresBeforeCritical: number;
}

export interface CheckState {
  readonly status: string;
  readonly output: string;
  /** In a row, of the newest observations. */
  readonly successes: number;
  readonly failures: number;
  /** Monotonic milliseconds; undefined while the status is not critical. */
  readonly criticalSinceMs: number | undefined;
}

export interface Observation {
  readonly status: string;
  readonly output: string;
}

export const NO_THRESHOLDS: Thresholds = {
  successBeforePassing: 0,
  failuresBeforeWarning: 0,
  failuresBeforeCritical: 0,
};

export function initialState(published: Observation, thresholds: Thresholds, nowMs: number): CheckState {
  return {
    ...published,
    successes: thresholds.successBeforePassing,
    failures: thresholds.failuresBeforeCritical,
    criticalSinceMs: published.status === 'critical' ? nowMs : undefined,
  };
}

/** What a prober saw. Same published status and output: nothing to tell the catalog. */
export function observe(state: CheckState, thresholds: Thresholds, seen: Observation, nowMs: number): CheckState {
  return seen.status === 'critical' ? fail(state, thresholds, seen, nowMs) : succeed(state, thresholds, seen, nowMs);
}

function succeed(state: CheckState, thresholds: Thresholds, seen: Observation, nowMs: number): CheckState {
  const counted = { ...state, successes: state.successes + 1, failures: 0 };
  return counted.successes >= thresholds.successBeforePassing ? publish(counted, seen, nowMs) : counted;
}

function fail(state: CheckState, thresholds: Thresholds, seen: Observation, nowMs: number): CheckState {
  const counted = { ...state, failures: state.failures + 1, successes: 0 };
  if (counted.failures >= thresholds.failuresBeforeCritical) return publish(counted, seen, nowMs);
  // Unset, the warning threshold is that of critical, and there is no warning on the way.
  const warningAt = thresholds.failuresBeforeWarning || thresholds.failuresBeforeCritical;
  return counted.failures >= warningAt ? publish(counted, { ...seen, status: 'warning' }, nowMs) : counted;
}

/** Sets the state without thresholds: TTL updates, expiry, aliases, maintenance. */
export function publish(state: CheckState, seen: Observation, nowMs: number): CheckState {
  const critical = seen.status === 'critical';
  return {
    ...state,
    status: seen.status,
    output: seen.output,
    criticalSinceMs: critical ? (state.criticalSinceMs ?? nowMs) : undefined,
  };
}

/** True once the check has been critical for the whole period; a period of 0 means never. */
export function isOverdue(state: CheckState, periodMs: number, nowMs: number): boolean {
  return periodMs > 0 && state.criticalSinceMs !== undefined && nowMs - state.criticalSinceMs >= periodMs;
}
