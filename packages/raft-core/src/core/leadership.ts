import type { LogIndex, ServerId } from './message';
import type { Progress } from './progress';
import { ReadIndexQueue } from './read-index';

export interface Transfer {
  readonly target: ServerId;
  elapsed: number;
  asked: boolean;
}

/** What a server knows only while it leads; gone without a trace when it steps down. */
export class Leadership {
  /** Everyone who receives the log, except this server: what it holds itself is `log.stableIndex`. */
  readonly progress = new Map<ServerId, Progress>();
  readonly reads: ReadIndexQueue;
  transfer: Transfer | undefined;
  heartbeatElapsed = 0;
  quorumElapsed = 0;
  /** Of entries proposed in this term and not yet applied (R17). */
  uncommittedBytes = 0;
  /** When the lease in force was asked for (R8); undefined: there is none. */
  leaseFromMs: number | undefined;
  /** Somebody was told to stand whatever the voters hear. The request may arrive at any time: no lease any more. */
  leaseIsForfeited = false;
  /** `leadershipEstablished` was told. */
  isEstablished = false;

  constructor(
    /** Index of the no-op that began the term. */
    readonly firstIndex: LogIndex,
    nextReadToken: () => number,
  ) {
    this.reads = new ReadIndexQueue(nextReadToken);
  }

  get forbidsLease(): boolean {
    return this.transfer !== undefined || this.leaseIsForfeited;
  }
}

/** An entry of this term has been committed: our commit index is not behind anybody's any more. */
export function hasCommittedInTerm({
  leadership,
  log,
}: {
  readonly leadership: Leadership | undefined;
  readonly log: { readonly commitIndex: LogIndex };
}): boolean {
  return leadership !== undefined && log.commitIndex >= leadership.firstIndex;
}
