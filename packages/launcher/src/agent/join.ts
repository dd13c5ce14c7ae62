import { messageOf, sleep, type Clock, type Logger } from '@tribune/platform';
import type { MembershipApi, Pool } from '@tribune/protocol';
import type { JoinPlan } from '../config/agent-config';

export interface JoinCollaborators {
  readonly membership: Pick<MembershipApi, 'join'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** This agent's own `host:port` in the pool: joining oneself succeeds, and would end the tries. */
  readonly own: string;
}

/** What became of the joins that were ordered. */
export type JoinOutcome = { readonly kind: 'done' } | { readonly kind: 'failed'; readonly reason: string };

/** Joins what `start_join` names, once; then what `retry_join` names, until one address answers or `retry_max` is reached. */
export async function joinPool(
  pool: Pool,
  plan: JoinPlan,
  collaborators: JoinCollaborators,
  signal: AbortSignal,
): Promise<JoinOutcome> {
  if (plan.start.length > 0) {
    const { joined, errors } = await attempt(pool, plan.start, collaborators);
    if (joined === 0)
      return { kind: 'failed', reason: `joining ${plan.start.join(', ')} failed: ${errors.join('; ')}` };
  }
  const others = plan.retry.filter((address) => address !== collaborators.own);
  return others.length > 0 ? retry(pool, { ...plan, retry: others }, collaborators, signal) : { kind: 'done' };
}

async function retry(
  pool: Pool,
  plan: JoinPlan,
  collaborators: JoinCollaborators,
  signal: AbortSignal,
): Promise<JoinOutcome> {
  const { clock, logger } = collaborators;
  for (let tries = 1; !signal.aborted; tries++) {
    const { joined, errors } = await attempt(pool, plan.retry, collaborators);
    if (joined > 0) {
      logger.info('join completed', { pool, nodes: joined, tries });
      return { kind: 'done' };
    }
    if (plan.attemptsMax > 0 && tries >= plan.attemptsMax)
      return { kind: 'failed', reason: `max join retry exhausted (${pool}), exiting` };
    if (signal.aborted) break;
    logger.warn('join failed, will retry', { pool, retryInMs: plan.intervalMs, errors });
    await sleep(clock, plan.intervalMs, signal);
  }
  return { kind: 'done' };
}

function attempt(pool: Pool, addresses: readonly string[], { membership }: JoinCollaborators) {
  return membership.join(pool, addresses).catch((error: unknown) => ({ joined: 0, errors: [messageOf(error)] }));
}
