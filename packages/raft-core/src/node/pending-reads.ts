import type { LogIndex, ServerId } from '../core/message';
import type { ReadContext } from '../core/read-index';
import type { ReadIndexOutcome } from './outcomes';

interface Waiting {
  readonly outcome: Promise<ReadIndexOutcome>;
  readonly resolve: (outcome: ReadIndexOutcome) => void;
}

/** Reads that wait for a round. All that come within one turn of the loop share one context, hence one promise. */
export class PendingReads {
  private readonly waiting = new Map<ReadContext, Waiting>();
  private lastContext: ReadContext = 0;
  private shared: ReadContext | undefined;

  /** What the reads of this turn wait for, if there were any. */
  get ofThisTurn(): Promise<ReadIndexOutcome> | undefined {
    return this.shared === undefined ? undefined : this.waiting.get(this.shared)?.outcome;
  }

  nextContext(): ReadContext {
    return ++this.lastContext;
  }

  wait(context: ReadContext): Promise<ReadIndexOutcome> {
    let resolve!: (outcome: ReadIndexOutcome) => void;
    const outcome = new Promise<ReadIndexOutcome>((settle) => (resolve = settle));
    this.waiting.set(context, { outcome, resolve });
    this.shared = context;
    return outcome;
  }

  /** A round may begin now: who comes later needs another one. */
  endTurn(): void {
    this.shared = undefined;
  }

  confirmed(contexts: readonly ReadContext[], index: LogIndex): void {
    this.settle(contexts, { kind: 'confirmed', index });
  }

  lost(contexts: readonly ReadContext[], leaderId: ServerId | undefined): void {
    this.settle(contexts, { kind: 'notLeader', leaderId });
  }

  abandon(): void {
    this.settle([...this.waiting.keys()], { kind: 'notLeader' });
  }

  private settle(contexts: readonly ReadContext[], outcome: ReadIndexOutcome): void {
    for (const context of contexts) {
      this.waiting.get(context)?.resolve(outcome);
      this.waiting.delete(context);
    }
  }
}
