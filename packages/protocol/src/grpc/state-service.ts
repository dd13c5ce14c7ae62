import {
  Metadata,
  status,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import type { Logger } from '@tribune/platform';
import { messageOf } from '@tribune/platform';
import type { FeedStream, ProposeResult, StateApi } from '../api/state';
import { RpcError, toServiceError, unary } from './server';
import * as wire from './state-wire';

/** Calls that a server forwards carry this, so that they are never forwarded a second time. */
export const FORWARDED_METADATA = 'tribune-forwarded';

/** For a server that cannot answer now: its clients try another one. */
export function unavailable(reason: string): RpcError {
  return new RpcError(status.UNAVAILABLE, reason);
}

type ProposeCall = ServerDuplexStream<wire.WireProposeBatch, wire.WireProposeResults>;
type FeedCall = ServerDuplexStream<wire.WireFeedRequest, wire.WireFeedEvent>;
type AnyCall = { metadata: { get(key: string): unknown[] } };

export interface StateServiceCollaborators {
  /** For front ends: follows the leader. May throw an {@link RpcError} while the server is starting. */
  readonly api: () => StateApi;
  /** For servers that forward: answers `noLeader` unless this server leads. */
  readonly leaderOnly: () => StateApi;
  readonly logger: Logger;
}

/** `state.v1` over gRPC: unpacks messages, calls the {@link StateApi}, packs what it says. */
export class StateService {
  private readonly open = new Set<{ end(): void }>();
  private readonly proposing = new Set<ResultBatcher>();

  constructor(private readonly collaborators: StateServiceCollaborators) {}

  implementation(): UntypedServiceImplementation {
    return {
      propose: (call: ProposeCall) => this.serve(call, (api) => this.propose(call, api)),
      feed: (call: FeedCall) => this.serve(call, (api) => void this.feed(call, api)),
      readFence: unary(async (_: object, call) => wire.fenceToWire(await this.apiFor(call).readFence())),
      status: unary(async (_: object, call) => wire.statusToWire(await this.apiFor(call).status())),
      raftConfiguration: unary((_: object, call) => this.apiFor(call).raftConfiguration()),
      removePeer: unary(async (peer: { id: string; address: string }, call) =>
        wire.operatorResultToWire(await this.apiFor(call).removePeer(peer)),
      ),
      transferLeadership: unary(async ({ id }: { id: string }, call) =>
        wire.operatorResultToWire(await this.apiFor(call).transferLeadership(id || undefined)),
      ),
      renewSession: unary(async ({ id }: { id: string }, call) =>
        wire.renewalToWire(await this.apiFor(call).renewSession(id)),
      ),
      stats: unary(async (_: object, call) => wire.statsToWire(await this.apiFor(call).stats())),
    };
  }

  /** Sends those who propose elsewhere; resolves when all that they sent is answered, or when the time is up. */
  async retire(limitMs: number): Promise<void> {
    const answered = Promise.all([...this.proposing].map((results) => results.retire()));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise((resolve) => (timer = setTimeout(resolve, limitMs)));
    await Promise.race([answered, late]);
    clearTimeout(timer);
  }

  /** Ends the open streams, so that a graceful stop need not wait for subscribers. */
  close(): void {
    for (const stream of this.open) stream.end();
    this.open.clear();
  }

  private apiFor(call: AnyCall | ServerUnaryCall<object, object>): StateApi {
    const forwarded = call.metadata.get(FORWARDED_METADATA).length > 0;
    return forwarded ? this.collaborators.leaderOnly() : this.collaborators.api();
  }

  private serve(call: ProposeCall | FeedCall, handle: (api: StateApi) => void): void {
    try {
      handle(this.apiFor(call));
    } catch (thrown) {
      call.emit('error', toServiceError(thrown));
    }
  }

  private propose(call: ProposeCall, api: StateApi): void {
    const results = new ResultBatcher(call);
    this.open.add(call);
    this.proposing.add(results);
    // Headers at once: the client sends commands only when it knows that somebody takes them.
    call.sendMetadata(new Metadata());
    call.on('data', ({ proposals }: wire.WireProposeBatch) => {
      for (const { id, command } of proposals) results.expect(id, () => api.propose(command));
    });
    call.on('end', () => results.endWhenDone());
    call.on('close', () => {
      results.gone();
      this.open.delete(call);
      this.proposing.delete(results);
    });
  }

  private async feed(call: FeedCall, api: StateApi): Promise<void> {
    const abort = new AbortController();
    let stream: FeedStream;
    try {
      stream = api.feed(abort.signal);
    } catch (thrown) {
      return void call.emit('error', toServiceError(thrown));
    }
    const stopping = toServiceError(unavailable('the server stops'));
    const ending = { end: (): void => void call.emit('error', stopping) };
    this.open.add(ending);
    let resume = (): void => undefined;
    const release = (): void => {
      abort.abort();
      this.open.delete(ending);
      resume();
    };
    call.on('drain', () => resume());
    call.on('data', (request: wire.WireFeedRequest) => {
      try {
        stream.send(wire.feedRequestFromWire(request));
      } catch (error) {
        release();
        call.emit('error', { code: status.INVALID_ARGUMENT, details: messageOf(error) });
      }
    });
    call.on('end', release);
    call.on('close', release);
    call.on('cancelled', release);
    call.on('error', release);
    try {
      for await (const event of stream) {
        if (call.write(wire.feedEventToWire(event)) || abort.signal.aborted) continue;
        await new Promise<void>((resolve) => (resume = resolve));
      }
      call.end();
    } catch (thrown) {
      this.collaborators.logger.debug('feed stream failed', { error: thrown });
      call.emit('error', toServiceError(thrown));
    } finally {
      release();
    }
  }
}

/** Results that become known in one turn of the event loop travel in one message. */
class ResultBatcher {
  private ready: wire.WireProposeResult[] = [];
  private outstanding = 0;
  private ending = false;
  private left: () => void = () => undefined;

  constructor(private readonly call: ProposeCall) {}

  expect(id: string | number, propose: () => Promise<ProposeResult>): void {
    this.outstanding++;
    let result: Promise<ProposeResult>;
    try {
      result = propose();
    } catch (thrown) {
      // Nothing was begun.
      return this.add(wire.proposeResultToWire(id, { kind: 'refused', reason: messageOf(thrown), retryable: true }));
    }
    result.then(
      (value) => this.add(wire.proposeResultToWire(id, value)),
      (thrown: unknown) => this.add(wire.proposeResultToWire(id, { kind: 'unknown', reason: messageOf(thrown) })),
    );
  }

  /** Asks the client to leave; resolves when it has, with all its answers. */
  retire(): Promise<void> {
    const { call } = this;
    return new Promise((resolve) => {
      this.left = resolve;
      if (call.destroyed || call.writableEnded) resolve();
      else call.write({ results: [], closing: true });
    });
  }

  gone(): void {
    this.left();
  }

  endWhenDone(): void {
    this.ending = true;
    if (this.outstanding === 0) this.call.end();
  }

  private add(result: wire.WireProposeResult): void {
    if (this.ready.push(result) === 1) setImmediate(() => this.flush());
  }

  // A client that does not read its results gets no further commands read: the stream is the bound.
  private flush(): void {
    const { call, ready } = this;
    this.ready = [];
    this.outstanding -= ready.length;
    if (call.destroyed || call.writableEnded) return;
    if (!call.write({ results: ready }) && !call.isPaused()) {
      call.pause();
      call.once('drain', () => call.resume());
    }
    if (this.ending && this.outstanding === 0) call.end();
  }
}
