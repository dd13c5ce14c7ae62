/**
 * Linearizable reads without writing to the log (thesis §6.4, R7).
 *
 * A read may be answered from any state that contains everything acknowledged before the read began. The leader notes
 * its commit index and proves that it still leads: a quorum answers a heartbeat that left *after* the read arrived. One
 * such round serves every read that waited when it began; reads that arrive meanwhile share the next round. So any
 * number of readers costs one exchange per round trip.
 *
 * The token of a round is made here, strictly rising, never used again, not for a retry and not in another term: an
 * answer can only ever confirm the round that asked (etcd served stale reads from reused tokens until 2026).
 */
import type { LogIndex, ServerId } from './message';

/** The caller's name for a read; it comes back with the answer. */
export type ReadContext = number;

interface Round {
  readonly token: number;
  readonly index: LogIndex;
  readonly reads: readonly ReadContext[];
  readonly confirmedBy: Set<ServerId>;
  /** Not later than the moment its first heartbeat left. */
  readonly beganMs: number;
}

export interface ConfirmedReads {
  readonly index: LogIndex;
  readonly reads: readonly ReadContext[];
  readonly beganMs: number;
}

export class ReadIndexQueue {
  private waiting: ReadContext[] = [];
  private round: Round | undefined;

  /** `nextToken` outlives the leadership that this queue belongs to. */
  constructor(private readonly nextToken: () => number) {}

  /** Rides on every heartbeat, so a lost one is repeated; 0 when nobody asks. */
  get token(): number {
    return this.round?.token ?? 0;
  }

  get pending(): readonly ReadContext[] {
    return [...(this.round?.reads ?? []), ...this.waiting];
  }

  add(read: ReadContext): void {
    this.waiting.push(read);
  }

  /** Begins a round for everything that waits, at `commitIndex`; false when there is nothing to begin. */
  begin(commitIndex: LogIndex, nowMs: number): boolean {
    return this.waiting.length > 0 && this.beginRound(commitIndex, nowMs);
  }

  /** Begins a round even if nobody waits: it renews a lease (R8). */
  beginRound(commitIndex: LogIndex, beganMs: number): boolean {
    if (this.round) return false;
    const reads = this.waiting;
    this.round = { token: this.nextToken(), index: commitIndex, reads, confirmedBy: new Set(), beganMs };
    this.waiting = [];
    return true;
  }

  /** `from` answered a heartbeat that carried `token`. Returns the reads once `isQuorum` holds for those who did. */
  confirm(
    from: ServerId,
    token: number,
    isQuorum: (confirmedBy: ReadonlySet<ServerId>) => boolean,
  ): ConfirmedReads | undefined {
    if (!this.round || token !== this.round.token) return undefined;
    this.round.confirmedBy.add(from);
    if (!isQuorum(this.round.confirmedBy)) return undefined;
    const { index, reads, beganMs } = this.round;
    this.round = undefined;
    return { index, reads, beganMs };
  }
}
