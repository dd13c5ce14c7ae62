import { messageOf, sleep, type Clock, type Logger } from '@tribune/platform';

export interface RetryJoinOptions {
  readonly addresses: readonly string[];
  readonly intervalMs: number;
  readonly signal: AbortSignal;
}

/** Tries to join until one address answers. */
export async function retryJoin(
  { addresses, intervalMs, signal }: RetryJoinOptions,
  join: (addresses: readonly string[]) => Promise<{ readonly joined: number; readonly errors: readonly string[] }>,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): Promise<void> {
  for (let attempt = 1; !signal.aborted; attempt++) {
    const outcome = await join(addresses).catch((error: unknown) => ({ joined: 0, errors: [messageOf(error)] }));
    if (outcome.joined > 0) return logger.info('joined', { joined: outcome.joined, attempt });
    if (signal.aborted) return;
    logger.warn('join failed, will try again', { attempt, retryInMs: intervalMs, errors: outcome.errors });
    await sleep(clock, intervalMs, signal);
  }
}
