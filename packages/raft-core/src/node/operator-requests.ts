import type { Clock, Timer } from '@tribune/platform';
import type { LogIndex, ServerId } from '../core/message';
import type { MembershipOutcome, TransferOutcome } from './outcomes';

interface PendingTransfer {
  readonly target: ServerId;
  readonly resolve: (outcome: TransferOutcome) => void;
  readonly timer: Timer;
}

interface PendingChange {
  readonly index: LogIndex;
  readonly resolve: (outcome: MembershipOutcome) => void;
}

/** Operators wait for what the group decides: a change until its last configuration is committed, a transfer until somebody leads. */
export class OperatorRequests {
  private changes: PendingChange[] = [];
  private transfers: PendingTransfer[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly transferTimeoutMs: number,
  ) {}

  change(index: LogIndex): Promise<MembershipOutcome> {
    return new Promise((resolve) => this.changes.push({ index, resolve }));
  }

  transfer(target: ServerId): Promise<TransferOutcome> {
    return new Promise((resolve) => {
      const timer = this.clock.setTimer(this.transferTimeoutMs, () =>
        this.transferEnded('no server took over in time'),
      );
      this.transfers.push({ target, resolve, timer });
    });
  }

  committed(index: LogIndex, isJoint: boolean): void {
    if (isJoint) return;
    const done = this.changes.filter((change) => change.index <= index);
    this.changes = this.changes.filter((change) => change.index > index);
    for (const { resolve } of done) resolve({ kind: 'changed', index });
  }

  leaderChanged(leaderId: ServerId | undefined): void {
    if (leaderId === undefined) return;
    this.settleTransfers(({ target }) =>
      target === leaderId
        ? { kind: 'transferred', leaderId }
        : { kind: 'refused', reason: `${leaderId} leads instead` },
    );
  }

  transferEnded(reason: string): void {
    this.settleTransfers(() => ({ kind: 'refused', reason }));
  }

  leadershipLost(reason: string): void {
    const abandoned = this.changes.splice(0);
    for (const { resolve } of abandoned) resolve({ kind: 'unknown', reason });
  }

  private settleTransfers(outcomeOf: (pending: PendingTransfer) => TransferOutcome): void {
    for (const pending of this.transfers.splice(0)) {
      pending.timer.cancel();
      pending.resolve(outcomeOf(pending));
    }
  }
}
