import type { ServerWritableStream, UntypedServiceImplementation } from '@grpc/grpc-js';
import type { KvApi } from '../api/kv';
import type { KvEntry } from '../model/kv';
import { apiUnary } from './api-unary';
import { consistencyFromWire, type WireConsistency } from './consistency-wire';
import * as wire from './kv-wire';
import { serveWatch } from './watch-stream';
import { partToWire, watchOptionsFromWire, type WireWatchEvent } from './watch-wire';
import type { Uint64 } from './wire-integers';

interface WireListRequest {
  prefix: string;
  keysOnly: boolean;
  separator: string;
  consistency: WireConsistency;
}
interface WireWatchRequest {
  prefix: string;
  fromRevision: Uint64;
  history: string;
}
export type WireKvEvent = WireWatchEvent<wire.WireEntry, string, 'entries'>;

/** `kv.v1` over gRPC: unpacks messages, calls the {@link KvApi}, packs what it says. */
export function kvService(api: KvApi): UntypedServiceImplementation {
  return {
    get: apiUnary(async ({ key, consistency }: { key: string; consistency: WireConsistency }) => {
      const { revision, value } = await api.get(key, { consistency: consistencyFromWire(consistency) });
      return { revision, entry: value ? wire.entryToWire(value) : null };
    }),
    put: apiUnary(async (request: wire.WirePut) => api.put(wire.putFromWire(request))),
    delete: apiUnary(async (request: wire.WireDelete) => api.delete(wire.deleteFromWire(request))),
    list: apiUnary((request: WireListRequest) => list(api, request)),
    txn: apiUnary(async ({ ops }: { ops: readonly wire.WireTxnOp[] }) =>
      wire.txnOutcomeToWire(await api.txn(ops.map(wire.txnOpFromWire))),
    ),
    watch: (call: ServerWritableStream<WireWatchRequest, WireKvEvent>) =>
      void serveWatch(
        call,
        (request, signal) => api.watch(request.prefix, watchOptionsFromWire(request), signal),
        (entry: KvEntry) => entry.value.length + entry.key.length * 3 + 80,
        (part) => partToWire(part, 'entries', wire.entryToWire),
      ),
  };
}

async function list(api: KvApi, { prefix, keysOnly, separator, consistency }: WireListRequest): Promise<object> {
  const query = { prefix, consistency: consistencyFromWire(consistency) };
  if (keysOnly || separator !== '') {
    const { revision, value } = await api.listKeys({ ...query, separator });
    return { revision, entries: [], keys: value };
  }
  const { revision, value } = await api.list(query);
  return { revision, entries: value.map(wire.entryToWire), keys: [] };
}
