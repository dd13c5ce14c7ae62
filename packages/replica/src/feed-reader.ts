import { sleep, type Clock, type Logger, type Random } from '@tribune/platform';
import type { FeedEvent, FeedRequest, FeedStream, StateApi } from '@tribune/protocol';

export interface FeedReaderCollaborators {
  readonly state: Pick<StateApi, 'feed'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

export interface FeedReaderEvents {
  /** A new stream: what to ask for on it. */
  opened(): readonly FeedRequest[];
  received(event: FeedEvent): void;
  /** The stream broke; another one will be opened. */
  lost(): void;
}

const BACKOFF_MIN_MS = 20;
const BACKOFF_MAX_MS = 1_000;
/** Events are taken for this long in one go; then others have their turn. */
const TURN_BUDGET_MS = 5;

/** Keeps one Feed stream open, whatever happens to it. */
export class FeedReader {
  private readonly abort = new AbortController();
  private stream: FeedStream | undefined;
  private reading: Promise<void> | undefined;
  private backoffMs = BACKOFF_MIN_MS;

  constructor(
    private readonly collaborators: FeedReaderCollaborators,
    private readonly events: FeedReaderEvents,
  ) {}

  start(): void {
    this.reading ??= this.read();
  }

  async stop(): Promise<void> {
    this.abort.abort();
    this.stream?.close();
    await this.reading;
  }

  /** Lost when no stream is open: a new one starts with what {@link FeedReaderEvents.opened} says. */
  send(request: FeedRequest): void {
    this.stream?.send(request);
  }

  private async read(): Promise<void> {
    const { clock, random, logger } = this.collaborators;
    const { signal } = this.abort;
    while (!signal.aborted) {
      try {
        await this.readOnce(signal);
      } catch (error) {
        if (!signal.aborted) logger.debug('feed broke, opening it again', { error });
      }
      this.stream = undefined;
      this.events.lost();
      await sleep(clock, this.backoffMs * (0.5 + random.next()), signal);
      this.backoffMs = Math.min(BACKOFF_MAX_MS, this.backoffMs * 2);
    }
  }

  private async readOnce(signal: AbortSignal): Promise<void> {
    const { clock, state } = this.collaborators;
    const stream = state.feed(signal);
    this.stream = stream;
    for (const request of this.events.opened()) stream.send(request);
    let turnEndsMs = clock.monotonicMs() + TURN_BUDGET_MS;
    for await (const event of stream) {
      this.backoffMs = BACKOFF_MIN_MS;
      this.events.received(event);
      if (clock.monotonicMs() < turnEndsMs) continue;
      await new Promise(setImmediate);
      turnEndsMs = clock.monotonicMs() + TURN_BUDGET_MS;
    }
  }
}
