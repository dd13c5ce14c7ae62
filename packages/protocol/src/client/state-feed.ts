import { status, type ClientDuplexStream, type ServiceError } from '@grpc/grpc-js';
import type { Clock, Timer } from '@tribune/platform';
import type { FeedEvent, FeedRequest, FeedStream } from '../api/state';
import { RpcError } from '../grpc/server';
import { feedEventFromWire, feedRequestToWire, type WireFeedEvent, type WireFeedRequest } from '../grpc/state-wire';
import type { ChosenServer, ServerChoice } from './server-choice';

/** Servers speak at least every 5 s on a feed; three silences in a row are a dead connection. */
const SILENCE_MS = 15_000;

/** The feed of one server over gRPC. Reading is the backpressure: HTTP/2 stops the server when nobody takes events. */
export class GrpcFeedStream implements FeedStream {
  private readonly call: ClientDuplexStream<WireFeedRequest, WireFeedEvent>;
  private watchdog: Timer | undefined;
  private heardMs: number;
  private closed = false;

  constructor(
    private readonly server: ChosenServer,
    private readonly choice: ServerChoice,
    private readonly clock: Clock,
    private readonly signal: AbortSignal,
  ) {
    this.call = server.stub.feed(server.metadata);
    this.call.on('error', () => undefined); // The iterator throws it; without a listener it would end the process.
    this.heardMs = clock.monotonicMs();
    this.watch();
    if (signal.aborted) this.close();
    signal.addEventListener('abort', this.close);
  }

  send(request: FeedRequest): void {
    if (!this.closed) this.call.write(feedRequestToWire(request));
  }

  // An arrow, since it is a listener too; the signal may outlive many streams.
  readonly close = (): void => {
    this.closed = true;
    this.release();
    this.call.cancel();
  };

  async *[Symbol.asyncIterator](): AsyncIterator<FeedEvent> {
    try {
      for await (const message of this.call) {
        this.heardMs = this.clock.monotonicMs();
        yield feedEventFromWire(message as WireFeedEvent);
      }
    } catch (error) {
      if (this.closed) return;
      this.choice.failed(this.server);
      throw error;
    } finally {
      this.release();
    }
    if (this.closed) return;
    this.choice.failed(this.server);
    throw new RpcError(status.UNAVAILABLE, 'the server ended the feed');
  }

  private release(): void {
    this.watchdog?.cancel();
    this.signal.removeEventListener('abort', this.close);
  }

  private watch(): void {
    this.watchdog = this.clock.setTimer(SILENCE_MS, () => {
      const silentMs = this.clock.monotonicMs() - this.heardMs;
      if (silentMs < SILENCE_MS || this.call.readableLength > 0) return this.watch();
      this.call.destroy(Object.assign(new Error('the server is silent'), { code: status.UNAVAILABLE }) as ServiceError);
    });
  }
}
