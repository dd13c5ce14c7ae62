import { sleep, type Clock } from '@tribune/platform';
import { HASH_FORMAT, TABLE_NAMES, type StateHashes, type StateMachine, type StateReport } from '@tribune/state-store';

/** Another server has not what this one has, and most do not say that this one is wrong. */
export interface Divergence {
  readonly index: number;
  readonly table: string;
  readonly server: string;
  readonly theirs: string;
  readonly own: string;
}

/** What most servers agree on, and this one has not. */
export interface Minority {
  readonly index: number;
  readonly table: string;
  readonly own: string;
  readonly majoritys: string;
}

/** What the servers found at one index. */
interface Ballot {
  own?: StateHashes['tables'];
  readonly reports: Map<string, StateHashes['tables']>;
  /** Servers of which it was said that they have something else. */
  readonly odd: Set<string>;
}

/** Indexes whose reports are kept: one round may begin before the last report of another has come. */
const BALLOTS_KEPT = 8;

/** Of the time of the event loop, how much hashing leaves to others for each part that it takes. */
const OTHERS_SHARE = 9;
const PAUSE_MAX_MS = 50;

/**
 * Whether the servers still have the same. All hash their tables as they are at the index of the same log entry (a cut
 * that costs nothing), in small steps, and report the hashes over the log. Whoever has not what a majority of the voters
 * has is the odd one, whoever leads. A difference that no majority decides, as between the two that are left of three, is an alarm on both.
 */
export class StateAudit {
  onDivergence: (divergence: Divergence) => void = () => undefined;
  onMinority: (minority: Minority) => void = () => undefined;
  /** Own hashes are complete: to be told to the others. */
  onHashed: (hashes: StateHashes) => void = () => undefined;
  private readonly ballots = new Map<number, Ballot>();
  private round = 0;

  constructor(
    private readonly machine: StateMachine,
    private readonly clock: Clock,
    /** The ids of all servers that vote. */
    private readonly voters: () => readonly string[] = () => [],
  ) {}

  /** To be called while the tables are exactly those of `index`. */
  mark(index: number): void {
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
    this.ballotOf(index).own = tables;
    this.onHashed({ index, tables });
    this.judge(index);
  }

  private ballotOf(index: number): Ballot {
    const ballot = this.ballots.get(index) ?? { reports: new Map(), odd: new Set() };
    this.ballots.set(index, ballot);
    if (this.ballots.size > BALLOTS_KEPT) this.ballots.delete(Math.min(...this.ballots.keys()));
    return ballot;
  }

  private judge(index: number): void {
    const { own: ours, reports, odd } = this.ballotOf(index);
    const quorum = Math.floor(this.voters().length / 2) + 1;
    for (const [table, own] of Object.entries(ours ?? {})) {
      const hashes = [...reports].map(([server, tables]) => [server, tables[table]] as const);
      const majoritys = majorityOf(
        hashes.map(([, hash]) => hash),
        quorum,
      );
      if (majoritys !== undefined && majoritys !== own) return this.onMinority({ index, table, own, majoritys });
      for (const [server, theirs] of hashes) {
        if (theirs === undefined || theirs === own || odd.has(server)) continue;
        odd.add(server);
        this.onDivergence({ index, table, server, theirs, own });
      }
    }
  }
}

function majorityOf(hashes: readonly (string | undefined)[], quorum: number): string | undefined {
  return hashes.find((hash) => hashes.filter((other) => other === hash).length >= quorum);
}
