import type { Logger } from '@tribune/platform';
import type { Fact } from '../core/ready';
import type { RaftMetrics } from './metrics';
import type { NodeEvent } from './outcomes';

/** Turns what the core reports into log lines, metrics and events. The core itself has no voice. */
export class Announcer {
  private readonly listeners = new Set<(event: NodeEvent) => void>();

  constructor(
    private readonly logger: Logger,
    private readonly metrics: RaftMetrics,
  ) {}

  on(listener: (event: NodeEvent) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  emit(event: NodeEvent): void {
    for (const listener of this.listeners) {
      try {
        listener(event);
      } catch (error) {
        this.logger.error('an observer of raft failed', { event: event.kind, error });
      }
    }
  }

  announce(fact: Fact): void {
    const { logger, metrics } = this;
    switch (fact.kind) {
      case 'roleChanged':
        logger.info('role changed', { role: fact.role, term: fact.term });
        metrics.term.set(fact.term);
        metrics.isLeader.set(fact.role === 'leader' ? 1 : 0);
        if (fact.role === 'candidate') metrics.elections.inc();
        return this.emit(fact);
      case 'leaderChanged':
        logger.info(fact.leaderId === undefined ? 'no leader' : 'leader found', {
          leaderId: fact.leaderId,
          term: fact.term,
        });
        metrics.term.set(fact.term);
        metrics.leaderChanges.inc();
        return this.emit(fact);
      case 'leadershipEstablished':
        return this.emit(fact);
      case 'steppedDown':
        logger.warn('stepped down', { term: fact.term, reason: fact.reason });
        return this.emit({ kind: 'leadershipLost', term: fact.term, reason: fact.reason });
      case 'configurationChanged':
        logger.info('configuration in force', { index: fact.index });
        return this.emit({ kind: 'configurationChanged', index: fact.index });
      case 'transferEnded':
        return logger.warn('leadership transfer ended', { target: fact.target, reason: fact.reason });
      case 'followerRegressed':
        return logger.error('a server lost its log under the same id; remove it and let it join under a new one', {
          id: fact.id,
          matchIndex: fact.matchIndex,
        });
      case 'followerIsForeign':
        return logger.error(
          'a server holds the log of another group; remove it, empty its folder, let it join under a new id',
          {
            id: fact.id,
            commitIndex: fact.commitIndex,
          },
        );
      case 'diskStalled':
        return logger.error('the disk does not answer; handing over the lead', { ticks: fact.ticks });
      case 'logRecovered':
        return logger.info('the log is whole again', { upTo: fact.upTo });
      case 'configurationCommitted':
      case 'readsConfirmed':
      case 'readsLost':
        return undefined;
    }
  }
}
