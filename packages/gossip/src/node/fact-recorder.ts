import type { Logger } from '@tribune/platform';
import type { Fact } from '../core/ready';
import type { GossipMetrics } from '../metrics';

/** Logs and counts what the core reports. Decides nothing. */
export function recordFact(fact: Fact, pool: string, logger: Logger, metrics: GossipMetrics): void {
  switch (fact.kind) {
    case 'probed':
      return metrics.probeRoundTrip.observe({ pool }, fact.rttMs / 1000);
    case 'probeFailed':
      metrics.probeFailures.inc({ pool });
      return logger.debug('probe failed', { node: fact.node });
    case 'suspected':
      metrics.suspicions.inc({ pool });
      return logger.info('member suspected', { node: fact.node, from: fact.from });
    case 'suspicionExpired':
      return logger.info('member failed', { node: fact.node, confirmations: fact.confirmations });
    case 'refuted':
      metrics.refutations.inc({ pool });
      return logger.warn('refuting news about ourselves', { of: fact.of, from: fact.from });
    case 'reachedOverTcpOnly':
      return logger.warn('member answers over TCP but not over UDP', { node: fact.node });
    case 'conflict': {
      metrics.conflicts.inc({ pool });
      const { name, host, port } = fact.member;
      return logger.error('two addresses claim one name', {
        name,
        known: `${host}:${port}`,
        other: `${fact.other.host}:${fact.other.port}`,
      });
    }
    case 'rejected':
      metrics.ignored.inc({ pool, reason: 'rejected' });
      return logger.warn('member refused', { node: fact.node, reason: fact.reason });
    case 'ignored':
      return metrics.ignored.inc({ pool, reason: fact.reason });
    default:
      return;
  }
}
