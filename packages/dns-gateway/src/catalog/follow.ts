import { messageOf, sleep, type Clock, type Logger, type Random } from '@tribune/platform';
import type { Watch, WatchEvent, WatchOptions } from '@tribune/protocol';

export interface FollowCollaborators {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** One watch of the catalog, kept open for as long as the signal allows. */
export interface Followed<Item, Key> {
  readonly name: string;
  open(from: WatchOptions, signal: AbortSignal): Watch<WatchEvent<Item, Key>>;
  apply(event: WatchEvent<Item, Key>): void;
  /** The stream broke or ended; what was applied stays. */
  lost(): void;
}

const BACKOFF_MS_MIN = 50;
const BACKOFF_MS_MAX = 1000;

/** Opens the watch, applies its events, and opens it again from the last revision when it breaks, at first at once. */
export async function follow<Item, Key>(
  followed: Followed<Item, Key>,
  { clock, random, logger }: FollowCollaborators,
  signal: AbortSignal,
): Promise<void> {
  let from: WatchOptions = {};
  let backoffMs = 0;
  while (!signal.aborted) {
    try {
      for await (const event of followed.open(from, signal)) {
        followed.apply(event);
        from = { fromRevision: event.revision, history: event.history };
        backoffMs = 0;
      }
    } catch (thrown) {
      if (!signal.aborted) logger.debug('watch broke', { watch: followed.name, ...from, error: messageOf(thrown) });
    }
    if (signal.aborted) return;
    followed.lost();
    await sleep(clock, backoffMs * (0.5 + random.next() / 2), signal);
    backoffMs = Math.min(Math.max(backoffMs * 2, BACKOFF_MS_MIN), BACKOFF_MS_MAX);
  }
}
