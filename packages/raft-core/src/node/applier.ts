import type { Clock } from '@tribune/platform';
import type { Entry } from '../core/message';
import type { AppliedVolume } from './applied-volume';
import type { RaftMetrics } from './metrics';
import type { PendingProposals } from './pending-proposals';
import type { StateMachine } from './state-machine';

export interface ApplierCollaborators {
  readonly stateMachine: StateMachine;
  readonly proposals: PendingProposals;
  readonly volume: AppliedVolume;
  readonly metrics: RaftMetrics;
  readonly clock: Clock;
}

/** Runs committed entries through the state machine, then answers those who proposed them here. */
export class Applier {
  constructor(private readonly collaborators: ApplierCollaborators) {}

  apply(entries: readonly Entry[]): void {
    const { stateMachine, volume, metrics, clock, proposals } = this.collaborators;
    const startedMs = clock.monotonicMs();
    const results = new Array<unknown>(entries.length);
    let bytes = 0;
    for (let i = 0; i < entries.length; i++) {
      const { kind, index, data } = entries[i]!;
      if (kind === 'command') results[i] = stateMachine.apply(index, data);
      bytes += data.byteLength;
    }
    const last = entries.at(-1)!.index;
    stateMachine.appliedBatch?.(last);
    metrics.applySeconds.observe((clock.monotonicMs() - startedMs) / 1000);
    metrics.appliedIndex.set(last);
    volume.applied(last, bytes);
    proposals.applied(entries, results, (waitedMs) => metrics.commitSeconds.observe(waitedMs / 1000));
  }
}
