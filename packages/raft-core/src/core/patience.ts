/** Elections in a row that change nothing: one, and another because the first was split. */
const UNREST_FREE = 2;
/** As patient as Consul is by default (`raft_multiplier` 5). */
const FACTOR_MAX = 5;
/** Peace with a leader, in election timeouts, after which one election is forgotten. */
const CALM_ELECTION_TIMEOUTS = 10;

/**
 * How many times its configured timeout a server waits before it gives a leader, or a quorum, up for lost. Elections that
 * nobody's death explains and that follow one another say that this machine or network is slower than the timeouts assume:
 * an overloaded group would otherwise elect all the time and lead never. Grows with such elections, falls in peace.
 */
export class Patience {
  private unrest = 0;
  private calmTicks = 0;

  constructor(private readonly electionTicks: number) {}

  get factor(): number {
    return Math.min(FACTOR_MAX, Math.max(1, this.unrest - UNREST_FREE + 1));
  }

  /** A timeout ended a term. */
  electionBegan(): void {
    this.unrest = Math.min(this.unrest + 1, UNREST_FREE + FACTOR_MAX);
    this.calmTicks = 0;
  }

  /** One unit of time with a leader. True when the factor has fallen. */
  tickInPeace(): boolean {
    if (this.unrest === 0 || ++this.calmTicks < CALM_ELECTION_TIMEOUTS * this.electionTicks) return false;
    const before = this.factor;
    this.unrest--;
    this.calmTicks = 0;
    return this.factor < before;
  }
}
