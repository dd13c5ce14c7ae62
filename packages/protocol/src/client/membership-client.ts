import type { Client, ClientReadableStream } from '@grpc/grpc-js';
import type { Coordinate, MembershipApi } from '../api/membership';
import { callUnary, openClient, type ChannelSettings } from '../grpc/channel';
import * as wire from '../grpc/membership-wire';

export type MembershipClient = MembershipApi & { close(): void };

/** Leaving waits for two broadcasts and for them to spread. */
const LEAVE_TIMEOUT_MS = 60_000;
/** Joining may try several addresses of several names, each for as long as a stream may take. */
const JOIN_TIMEOUT_MS = 120_000;
/** Keyring operations collect answers from everybody. */
const KEYRING_TIMEOUT_MS = 60_000;
/** What a query may take without a time-out of its own in a pool of ten thousand, with room (200 ms × 16 × 5). */
const QUERY_TIMEOUT_MS = 30_000;
const TIMEOUT_MS = 15_000;

type StreamStub = Client & {
  watch(request: object): ClientReadableStream<wire.WireWatchEvent>;
  queries(request: { readonly names: readonly string[] }): ClientReadableStream<wire.WireQueryEvent>;
};

/** The `membership.v1` client. The channel reconnects by itself; a broken watch throws, and is to be begun anew. */
export function connectMembership(settings: ChannelSettings): MembershipClient {
  const client = openClient<StreamStub>('tribune.membership.v1.Membership', settings);
  const ask = <Response>(method: string, request: object, timeoutMs = TIMEOUT_MS): Promise<Response> =>
    callUnary<object, Response>(client, method, request, timeoutMs);
  return {
    async members(pool) {
      const { members } = await ask<{ members: wire.WireMember[] }>('members', { pool: wire.poolToWire(pool) });
      return members.map(wire.memberFromWire);
    },
    async localMember() {
      return wire.memberFromWire((await ask<{ member: wire.WireMember }>('localMember', {})).member);
    },
    watch: (signal) => read(() => client.watch({}), wire.watchEventFromWire, signal),
    async join(pool, addresses) {
      return ask('join', { pool: wire.poolToWire(pool), addresses }, JOIN_TIMEOUT_MS);
    },
    async leave() {
      await ask('leave', {}, LEAVE_TIMEOUT_MS);
    },
    async forceLeave(pool, name, prune) {
      const request = { pool: wire.poolToWire(pool), name, prune };
      const { found } = await ask<{ found: boolean }>('forceLeave', request);
      return found ? 'done' : 'unknown';
    },
    async fireEvent(event) {
      const response = await ask<wire.WireFireEventResponse>('fireEvent', { event });
      if (!response.event) return { ok: false, reason: response.refused ?? '' };
      return { ok: true, event: wire.userEventFromWire(response.event) };
    },
    async events() {
      return (await ask<{ events: wire.WireUserEvent[] }>('events', {})).events.map(wire.userEventFromWire);
    },
    async setTags(tags) {
      await ask('setTags', { tags });
    },
    async coordinate(pool, node) {
      const request = { pool: wire.poolToWire(pool), node };
      return wire.coordinateFromWire(
        (await ask<{ coordinate: Coordinate | null }>('getCoordinate', request)).coordinate,
      );
    },
    async query(pool, query) {
      const timeoutMs = query.timeoutMs + QUERY_TIMEOUT_MS;
      const request = { ...query, pool: wire.poolToWire(pool) };
      return wire.queryOutcomeFromWire(await ask<wire.WireQueryOutcome>('query', request, timeoutMs));
    },
    queries: (names, signal) => read(() => client.queries({ names }), wire.queryEventFromWire, signal),
    async answerQuery(id, payload) {
      const { refused } = await ask<{ refused: string }>('answerQuery', { id, payload });
      return refused === '' ? { ok: true } : { ok: false, reason: refused };
    },
    async keyring(operation, key, relayFactor = 0) {
      const request = { operation: wire.operationToWire(operation), key, relayFactor };
      const { pools } = await ask<{ pools: wire.WireKeyringPool[] }>('keyring', request, KEYRING_TIMEOUT_MS);
      return pools.map(wire.keyringFromWire);
    },
    async stats() {
      const { groups } = await ask<{ groups: Record<string, { values: Record<string, string> }> }>('stats', {});
      return Object.fromEntries(Object.entries(groups).map(([name, { values }]) => [name, { ...values }]));
    },
    close: () => client.close(),
  };
}

async function* read<Wire, Event>(
  open: () => ClientReadableStream<Wire>,
  fromWire: (wire: Wire) => Event,
  signal: AbortSignal,
): AsyncGenerator<Event> {
  if (signal.aborted) return;
  const call = open();
  // A cancelled call still reports its status when nobody iterates any more.
  call.on('error', () => undefined);
  const cancel = (): void => call.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    for await (const event of call) yield fromWire(event as Wire);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', cancel);
    call.cancel();
  }
}
