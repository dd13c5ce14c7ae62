/**
 * What goes to the disk, one batch at a time. While one is on its way the core works on; whatever comes meanwhile forms
 * the next batch (group commit). A message that rests on something not durable leaves with the batch that makes it so;
 * since batches follow one another, it is enough to hold it until no batch is left behind it.
 */
import { assert } from '@tribune/platform';
import { ownVoteIsDurable } from './candidate';
import type { Persist } from './ready';
import { maybeCommit } from './acknowledgement';
import type { RaftState } from './state';

export class Persistence {
  /** Since the batch under way was handed out. */
  ticks = 0;
  private underWay: Persist | undefined;

  constructor(
    private readonly state: RaftState,
    private readonly batchBytesMax: number,
  ) {}

  get isBusy(): boolean {
    return this.underWay !== undefined;
  }

  next(): Persist | undefined {
    if (this.underWay) return undefined;
    const { state } = this;
    const { log, pendingReset: reset } = state;
    const entries = log.slice(log.stableIndex + 1, log.lastIndex, this.batchBytesMax)!;
    const hardState = state.hardStateIsDurable ? undefined : state.hardState;
    if (entries.length === 0 && !hardState && !reset) {
      // Everything is durable already.
      state.messages.push(...state.durableMessages.splice(0));
      return undefined;
    }
    const isAll = log.stableIndex + entries.length === log.lastIndex;
    const thenSend = isAll ? state.durableMessages.splice(0) : [];
    state.pendingReset = undefined;
    this.ticks = 0;
    this.underWay = { hardState, reset, entries, thenSend };
    return this.underWay;
  }

  done(batch: Persist): void {
    assert(this.underWay === batch, 'the batch that was handed out');
    this.underWay = undefined;
    const { state } = this;
    // A reset that waits for the next batch will wipe these entries, even if the same ones came again meanwhile.
    if (!state.pendingReset) state.log.stabilized(batch.entries);
    this.maybeTrust();
    if (batch.hardState) {
      state.hardStatePersisted(batch.hardState);
      if (state.hardStateIsDurable) ownVoteIsDurable(state);
    }
    if (state.leadership) maybeCommit(state);
  }

  /** Everything that this server once acknowledged is back. */
  private maybeTrust(): void {
    const { state } = this;
    if (state.distrustedUpTo === undefined || state.log.stableIndex < state.distrustedUpTo) return;
    state.facts.push({ kind: 'logRecovered', upTo: state.distrustedUpTo });
    state.distrustedUpTo = undefined;
  }
}
