import { sleep, type Clock } from '@tribune/platform';
import { HASH_FORMAT, TABLE_NAMES, type StateHashes, type StateMachine, type StateReport } from '@tribune/state-store';

export interface Divergence {
  readonly index: number;
  readonly table: string;
  readonly own: string;
  readonly leaders: string;
}

/** What the servers found at one index. */
interface Ballot {
  own?: StateHashes['tables'];
  readonly reports: Map<string, StateHashes['tables']>;
}

/** Indexes whose reports are kept: one round may begin before the last report of another has come. */
const BALLOTS_KEPT = 8;

/** Of the time of the event loop, how much hashing leaves to others for each part that it takes. */
const OTHERS_SHARE = 9;
const PAUSE_MAX_MS = 50;

/** What most servers agree on, and this one has not. */
export interface Minority {
  readonly index: number;
  readonly table: string;
  readonly own: string;
  readonly majoritys: string;
}

/**
 * Whether this server still has what the others have. Both hash their tables as they are at the index of the same log
 * entry (a cut that costs nothing), in small steps; the next such entry brings the leader's hashes.
 * And every server reports its hashes over the log: one that has not what a majority of the voters has is the odd one,
 * whoever leads.
 */
export class StateAudit {
  onDivergence: (divergence: Divergence) => void = () => undefined;
  onMinority: (minority: Minority) => void = () => undefined;
  /** Own hashes are complete: to be told to the others. */
  onHashed: (hashes: StateHashes) => void = () => undefined;
  private readonly ballots = new Map<number, Ballot>();
  private done: StateHashes | undefined;
  private expected: StateHashes | undefined;
  private round = 0;

  constructor(
    private readonly machine: StateMachine,
    private readonly clock: Clock,
    /** The ids of all servers that vote. */
    private readonly voters: () => readonly string[] = () => [],
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

  /** What a server found, this one included. */
  heard(report: StateReport): void {
    if (report.format !== HASH_FORMAT || !this.voters().includes(report.server)) return;
    this.ballotOf(report.index).reports.set(report.server, report.tables);
    this.judge(report.index);
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
    this.ballotOf(index).own = tables;
    this.onHashed(this.done);
    this.compare();
    this.judge(index);
  }

  private ballotOf(index: number): Ballot {
    const ballot = this.ballots.get(index) ?? { reports: new Map() };
    this.ballots.set(index, ballot);
    if (this.ballots.size > BALLOTS_KEPT) this.ballots.delete(Math.min(...this.ballots.keys()));
    return ballot;
  }

  private judge(index: number): void {
    const { own, reports } = this.ballotOf(index);
    const quorum = Math.floor(this.voters().length / 2) + 1;
    for (const [table, hash] of Object.entries(own ?? {})) {
      const majoritys = majorityOf(
        [...reports.values()].map((tables) => tables[table]),
        quorum,
      );
      if (majoritys === undefined || majoritys === hash) continue;
      return this.onMinority({ index, table, own: hash, majoritys });
    }
  }

  private compare(): void {
    const { expected } = this;
    const own = expected && this.ballots.get(expected.index)?.own;
    if (!own) return;
    this.expected = undefined;
    for (const [table, hash] of Object.entries(own)) {
      const leaders = expected.tables[table];
      if (leaders !== undefined && leaders !== hash)
        this.onDivergence({ index: expected.index, table, own: hash, leaders });
    }
  }
}

function majorityOf(hashes: readonly (string | undefined)[], quorum: number): string | undefined {
  return hashes.find((hash) => hashes.filter((other) => other === hash).length >= quorum);
}
