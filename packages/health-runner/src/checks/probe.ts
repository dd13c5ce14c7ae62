import type { Observation } from '../core/check-state';
import { TIMER_MS_MAX } from '../schedule/agenda';

/** One way to look at a target. `run` resolves with what was seen, also for failures; it keeps its own time limit. */
export interface Probe {
  /** Resolves soon after `signal` aborts; the result is then thrown away. */
  run(signal: AbortSignal): Promise<Observation>;
  /** Frees what is kept between runs. */
  close?(): void;
}

export const passing = (output: string): Observation => ({ status: 'passing', output });
export const warning = (output: string): Observation => ({ status: 'warning', output });
export const critical = (output: string): Observation => ({ status: 'critical', output });

/** Consul's limit for a probe that names none, except scripts. */
export const PROBE_TIMEOUT_MS = 10_000;

/** Whole milliseconds, and no more than a timer takes. */
export const timeoutMsOf = (timeoutNs: number, defaultMs = PROBE_TIMEOUT_MS): number =>
  timeoutNs > 0 ? Math.min(TIMER_MS_MAX, Math.ceil(timeoutNs / 1e6)) : defaultMs;
