import type { Client, ClientReadableStream } from '@grpc/grpc-js';
import type { KvApi } from '../api/kv';
import { ApiCaller } from '../grpc/api-unary';
import { openClient } from '../grpc/channel';
import { consistencyToWire } from '../grpc/consistency-wire';
import type { WireKvEvent } from '../grpc/kv-service';
import * as wire from '../grpc/kv-wire';
import { readWatch } from '../grpc/watch-stream';
import { partFromWire, watchOptionsToWire } from '../grpc/watch-wire';
import { safeFromWire, type Uint64 } from '../grpc/wire-integers';
import type { ApiClientSettings } from './catalog-client';

type Stub = Client & { watch(request: object): ClientReadableStream<WireKvEvent> };
interface WireListResponse {
  revision: Uint64;
  entries: readonly wire.WireEntry[];
  keys: readonly string[];
}

const revisionOf = ({ revision }: { revision: Uint64 }): number => safeFromWire(revision, 'revision');

/** The {@link KvApi} of a front end elsewhere. Reconnects by itself; a watch that breaks throws, and its user opens it again. */
export function connectKv(settings: ApiClientSettings): KvApi & { close(): void } {
  const stub = openClient<Stub>('tribune.kv.v1.KV', settings);
  const caller = new ApiCaller(stub, settings.timeoutMs ?? 10_000);
  return {
    async get(key, options = {}) {
      const request = { key, consistency: consistencyToWire(options.consistency) };
      const response = await caller.read<{ revision: Uint64; entry: wire.WireEntry | null }>('get', request);
      return { revision: revisionOf(response), value: response.entry ? wire.entryFromWire(response.entry) : undefined };
    },
    async put(request) {
      const response = await caller.write<{ revision: Uint64; written: boolean }>('put', wire.putToWire(request));
      return { revision: revisionOf(response), written: response.written };
    },
    async delete(request) {
      const response = await caller.write<{ revision: Uint64; deleted: boolean }>('delete', wire.deleteToWire(request));
      return { revision: revisionOf(response), deleted: response.deleted };
    },
    async list({ prefix, consistency }) {
      const request = { prefix, keysOnly: false, separator: '', consistency: consistencyToWire(consistency) };
      const response = await caller.read<WireListResponse>('list', request);
      return { revision: revisionOf(response), value: response.entries.map(wire.entryFromWire) };
    },
    async listKeys({ prefix, separator = '', consistency }) {
      const request = { prefix, keysOnly: true, separator, consistency: consistencyToWire(consistency) };
      const response = await caller.read<WireListResponse>('list', request);
      return { revision: revisionOf(response), value: response.keys };
    },
    async txn(operations) {
      return wire.txnOutcomeFromWire(await caller.write('txn', { ops: operations.map(wire.txnOpToWire) }));
    },
    watch(prefix, options, signal) {
      const open = () => stub.watch({ prefix, ...watchOptionsToWire(options) });
      return readWatch(open, (event) => partFromWire(event, 'entries', wire.entryFromWire), signal);
    },
    close: () => stub.close(),
  };
}
