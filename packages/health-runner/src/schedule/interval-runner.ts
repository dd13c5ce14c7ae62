import { messageOf, type Logger, type Random } from '@tribune/platform';
import type { Observation } from '../core/check-state';
import { critical, type Probe } from '../checks/probe';
import type { Agenda } from './agenda';
import type { Deadline } from './deadline-heap';
import type { Slots } from './slots';

/** Consul's floor, so that a typing error does not become a flood. */
export const INTERVAL_MS_MIN = 1000;

export interface IntervalRunnerOptions {
  readonly checkId: string;
  readonly intervalMs: number;
}

export interface IntervalRunnerCollaborators {
  readonly agenda: Agenda;
  readonly slots: Slots;
  readonly random: Random;
  readonly logger: Logger;
  readonly probe: Probe;
  readonly report: (observation: Observation) => void;
}

/**
 * Runs one prober again and again: the first time at a random moment within the interval (so that checks registered
 * together do not run together), then one interval after each run's end, so that runs never overlap.
 */
export class IntervalRunner {
  private readonly stopped = new AbortController();
  private next: Deadline | undefined;

  constructor(
    private readonly options: IntervalRunnerOptions,
    private readonly collaborators: IntervalRunnerCollaborators,
  ) {}

  start(): void {
    this.plan(this.collaborators.random.next() * this.intervalMs);
  }

  stop(): void {
    this.next?.cancel();
    this.stopped.abort();
    this.collaborators.probe.close?.();
  }

  private get intervalMs(): number {
    return Math.max(INTERVAL_MS_MIN, this.options.intervalMs);
  }

  private plan(delayMs: number): void {
    this.next = this.collaborators.agenda.after(delayMs, () => void this.turn());
  }

  private async turn(): Promise<void> {
    const { slots, report } = this.collaborators;
    const observation = await slots.use(() => this.look());
    if (this.stopped.signal.aborted) return;
    report(observation);
    this.plan(this.intervalMs);
  }

  private async look(): Promise<Observation> {
    const { probe, logger } = this.collaborators;
    if (this.stopped.signal.aborted) return critical('check stopped');
    try {
      return await probe.run(this.stopped.signal);
    } catch (thrown) {
      logger.warn('check failed to run', { check: this.options.checkId, error: messageOf(thrown) });
      return critical(messageOf(thrown));
    }
  }
}
