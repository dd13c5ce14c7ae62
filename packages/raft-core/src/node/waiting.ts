import type { Clock } from '@tribune/platform';
import type { ServerId } from '../core/message';
import type { Fact } from '../core/ready';
import { OperatorRequests } from './operator-requests';
import { PendingProposals, type CountOutcomes } from './pending-proposals';
import { PendingReads } from './pending-reads';

/** Everybody who waits for the group to decide something. */
export class Waiting {
  readonly proposals: PendingProposals;
  readonly reads = new PendingReads();
  readonly requests: OperatorRequests;

  constructor(clock: Clock, transferTimeoutMs: number, settled: CountOutcomes) {
    this.proposals = new PendingProposals(clock, settled);
    this.requests = new OperatorRequests(clock, transferTimeoutMs);
  }

  /** Answers those who waited for this fact. */
  settle(fact: Fact, leaderId: ServerId | undefined): void {
    switch (fact.kind) {
      case 'leaderChanged':
        return this.requests.leaderChanged(fact.leaderId);
      case 'steppedDown':
        this.proposals.doubt(fact.term, `leadership was lost: ${fact.reason}`);
        return this.requests.leadershipLost(fact.reason);
      case 'readsConfirmed':
        return this.reads.confirmed(fact.reads, fact.index);
      case 'readsLost':
        return this.reads.lost(fact.reads, leaderId);
      case 'configurationCommitted':
        return this.requests.committed(fact.index, fact.joint);
      case 'transferEnded':
        return this.requests.transferEnded(fact.reason);
      case 'configurationChanged':
      case 'roleChanged':
      case 'leadershipEstablished':
      case 'followerRegressed':
      case 'followerIsForeign':
      case 'diskStalled':
      case 'logRecovered':
        // Nobody waits for these.
        return undefined;
    }
  }

  /** Nothing more will be decided here. */
  abandon(reason: string): void {
    this.proposals.abandon(reason);
    this.reads.abandon();
    this.requests.leadershipLost(reason);
    this.requests.transferEnded(reason);
  }
}
