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
    const results: unknown[] = [];
    let bytes = 0;
    for (const { kind, index, data } of entries) {
      results.push(kind === 'command' ? stateMachine.apply(index, data) : undefined);
      bytes += data.byteLength;
    }
    const last = entries.at(-1)!.index;
    stateMachine.appliedBatch?.(last);
    const nowMs = clock.monotonicMs();
    metrics.applySeconds.observe((nowMs - startedMs) / 1000);
    metrics.appliedIndex.set(last);
    volume.applied(last, bytes);
    proposals.applied(entries, results, (sinceMs) => metrics.commitSeconds.observe((nowMs - sinceMs) / 1000));
  }
}
