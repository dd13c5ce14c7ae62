import { sleep, type Clock } from '@tribune/platform';
import { TABLE_NAMES, type StateHashes, type StateMachine } from '@tribune/state-store';

export interface Divergence {
  readonly index: number;
  readonly table: string;
  readonly own: string;
  readonly leaders: string;
}

/** Of the time of the event loop, how much hashing leaves to others for each part that it takes. */
const OTHERS_SHARE = 9;
const PAUSE_MAX_MS = 50;

/**
 * Whether this server still has what the leader has. Both hash their tables as they are at the index of the same log
 * entry (a cut that costs nothing), in small steps; the next such entry brings the leader's hashes.
 */
export class StateAudit {
  onDivergence: (divergence: Divergence) => void = () => undefined;
  private done: StateHashes | undefined;
  private expected: StateHashes | undefined;
  private round = 0;

  constructor(
    private readonly machine: StateMachine,
    private readonly clock: Clock,
  ) {}

  /** The newest hashes that are complete. */
  get latest(): StateHashes | undefined {
    return this.done;
  }

  /** To be called while the tables are exactly those of `index`. */
  mark(index: number, leaders: StateHashes | undefined): void {
    this.expected = leaders;
    this.compare();
    const cuts = TABLE_NAMES.map((table) => [table, this.machine.hashing(table)] as const);
    void this.hash(index, cuts, ++this.round);
  }

  /** Gives up what is under way. */
  stop(): void {
    this.round++;
  }

  private async hash(
    index: number,
    cuts: readonly (readonly [string, Generator<void, string>])[],
    round: number,
  ): Promise<void> {
    const tables: Record<string, string> = {};
    for (const [table, steps] of cuts) {
      for (;;) {
        const startedMs = this.clock.monotonicMs();
        const step = steps.next();
        if (step.done) {
          tables[table] = step.value;
          break;
        }
        await sleep(this.clock, Math.min((this.clock.monotonicMs() - startedMs) * OTHERS_SHARE, PAUSE_MAX_MS));
        if (round !== this.round) return;
      }
    }
    this.done = { index, tables };
    this.compare();
  }

  private compare(): void {
    const { done, expected } = this;
    if (!done || !expected || done.index !== expected.index) return;
    this.expected = undefined;
    for (const [table, own] of Object.entries(done.tables)) {
      const leaders = expected.tables[table];
      if (leaders !== undefined && leaders !== own) this.onDivergence({ index: done.index, table, own, leaders });
    }
  }
}
