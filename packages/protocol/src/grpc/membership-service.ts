import { status, type ServerWritableStream, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { messageOf, type Logger } from '@tribune/platform';
import type { MemberQuery, MembershipApi } from '../api/membership';
import * as wire from './membership-wire';
import { RpcError, toServiceError, unary } from './server';
import { WireError } from './state-wire';

export interface MembershipServiceCollaborators {
  readonly api: MembershipApi;
  readonly logger: Logger;
}

type WatchCall = ServerWritableStream<object, wire.WireWatchEvent>;
type QueriesCall = ServerWritableStream<{ readonly names: readonly string[] }, wire.WireQueryEvent>;
type PoolRequest = { readonly pool: string };

/** `membership.v1` over gRPC: unpacks messages, calls the {@link MembershipApi}, packs what it says. */
export class MembershipService {
  private readonly open = new Set<AbortController>();

  constructor(private readonly collaborators: MembershipServiceCollaborators) {}

  implementation(): UntypedServiceImplementation {
    const { api } = this.collaborators;
    return {
      members: checked(async ({ pool }: PoolRequest) => {
        const members = await api.members(wire.poolFromWire(pool));
        return { members: members.map(wire.memberToWire) };
      }),
      localMember: checked(async () => ({ member: wire.memberToWire(await api.localMember()) })),
      watch: (call: WatchCall) => void this.stream(call, (signal) => api.watch(signal), wire.watchEventToWire),
      join: checked(({ pool, addresses }: PoolRequest & { readonly addresses: string[] }) =>
        api.join(wire.poolFromWire(pool), addresses),
      ),
      leave: checked(async () => {
        await api.leave();
        return {};
      }),
      forceLeave: checked(async ({ pool, name, prune }: PoolRequest & { name: string; prune: boolean }) => ({
        found: (await api.forceLeave(wire.poolFromWire(pool), name, prune)) === 'done',
      })),
      fireEvent: checked((request: { readonly event: wire.WireUserEvent | null }) => this.fireEvent(request.event)),
      events: checked(async () => ({ events: (await api.events()).map(wire.userEventToWire) })),
      setTags: checked(async ({ tags }: { readonly tags: Record<string, string> }) => {
        await api.setTags(tags);
        return {};
      }),
      getCoordinate: checked(async ({ pool, node }: PoolRequest & { readonly node: string }) => ({
        coordinate: await api.coordinate(wire.poolFromWire(pool), node),
      })),
      query: checked(async ({ pool, ...query }: PoolRequest & MemberQuery) =>
        wire.queryOutcomeToWire(await api.query(wire.poolFromWire(pool), query)),
      ),
      queries: (call: QueriesCall) =>
        void this.stream(call, (signal) => api.queries(call.request.names, signal), wire.queryEventToWire),
      answerQuery: checked(async ({ id, payload }: { readonly id: string; readonly payload: Uint8Array }) => {
        const outcome = await api.answerQuery(id, payload);
        return { refused: outcome.ok ? '' : outcome.reason };
      }),
      keyring: checked(async ({ operation, key, relayFactor }: wire.WireKeyringRequest) => {
        const pools = await api.keyring(wire.operationFromWire(operation), key, relayFactor);
        return { pools: pools.map(wire.keyringToWire) };
      }),
      stats: checked(async () => {
        const groups = Object.entries(await api.stats()).map(([name, values]) => [name, { values }] as const);
        return { groups: Object.fromEntries(groups) };
      }),
    };
  }

  /** Ends the open streams, so that a graceful stop need not wait for them. */
  close(): void {
    for (const abort of this.open) abort.abort();
  }

  private async fireEvent(event: wire.WireUserEvent | null): Promise<wire.WireFireEventResponse> {
    const { name, payload, nodeFilter, serviceFilter, tagFilter } = wire.userEventFromWire(event);
    const outcome = await this.collaborators.api.fireEvent({ name, payload, nodeFilter, serviceFilter, tagFilter });
    return outcome.ok ? { event: wire.userEventToWire(outcome.event) } : { refused: outcome.reason };
  }

  private async stream<Event, Wire>(
    call: ServerWritableStream<unknown, Wire>,
    open: (signal: AbortSignal) => AsyncIterable<Event>,
    toWire: (event: Event) => Wire,
  ): Promise<void> {
    const abort = new AbortController();
    let resume = (): void => undefined;
    let isCallGone = false;
    const release = (): void => {
      isCallGone = true;
      abort.abort();
      resume();
    };
    this.open.add(abort);
    abort.signal.addEventListener('abort', () => resume());
    call.on('drain', () => resume());
    for (const ending of ['cancelled', 'close', 'error']) call.on(ending, release);
    try {
      for await (const event of open(abort.signal)) {
        if (call.write(toWire(event)) || abort.signal.aborted) continue;
        await new Promise<void>((resolve) => (resume = resolve));
      }
      throw new RpcError(status.UNAVAILABLE, 'the service stops');
    } catch (thrown) {
      if (isCallGone) return;
      this.collaborators.logger.debug('stream ended', { reason: messageOf(thrown) });
      call.emit('error', { ...toServiceError(thrown), code: status.UNAVAILABLE });
    } finally {
      this.open.delete(abort);
    }
  }
}

/** A unary method that answers unreadable requests with INVALID_ARGUMENT. */
function checked<Request, Response>(handle: (request: Request) => Response | Promise<Response>) {
  return unary(async (request: Request) => {
    try {
      return await handle(request);
    } catch (thrown) {
      throw thrown instanceof WireError ? new RpcError(status.INVALID_ARGUMENT, messageOf(thrown)) : thrown;
    }
  });
}
