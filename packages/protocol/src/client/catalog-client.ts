import type { Client, ClientReadableStream } from '@grpc/grpc-js';
import type { CatalogApi, ServiceSummary } from '../api/catalog';
import { ApiCaller } from '../grpc/api-unary';
import type { WireServiceEvent } from '../grpc/catalog-service';
import * as wire from '../grpc/catalog-wire';
import { openClient, type ChannelSettings } from '../grpc/channel';
import { consistencyToWire } from '../grpc/consistency-wire';
import { readWatch } from '../grpc/watch-stream';
import { listPartFromWire, partFromWire, watchOptionsToWire, type WireListEvent } from '../grpc/watch-wire';
import { safeFromWire, type Uint64 } from '../grpc/wire-integers';

type Stub = Client & {
  watch(request: object): ClientReadableStream<WireServiceEvent>;
  watchServices(request: object): ClientReadableStream<WireListEvent<string>>;
  watchNodes(request: object): ClientReadableStream<WireListEvent<wire.WireNode>>;
};

export interface ApiClientSettings extends ChannelSettings {
  /** Patience with one call; watches have none. @default 10 s */
  readonly timeoutMs?: number;
}

const revisionOf = ({ revision }: { revision: Uint64 }): number => safeFromWire(revision, 'revision');

/** The {@link CatalogApi} of a front end elsewhere. Reconnects by itself; a watch that breaks throws, and its user opens it again. */
export function connectCatalog(settings: ApiClientSettings): CatalogApi & { close(): void } {
  const stub = openClient<Stub>('tribune.catalog.v1.Catalog', settings);
  const caller = new ApiCaller(stub, settings.timeoutMs ?? 10_000);
  return {
    async register(registration) {
      return { revision: revisionOf(await caller.write('register', wire.registrationToWire(registration))) };
    },
    async deregister(deregistration) {
      return { revision: revisionOf(await caller.write('deregister', wire.deregistrationToWire(deregistration))) };
    },
    async listServices(options = {}) {
      const request = { consistency: consistencyToWire(options.consistency) };
      const response = await caller.read<{ revision: Uint64; services: readonly ServiceSummary[] }>(
        'listServices',
        request,
      );
      return { revision: revisionOf(response), value: response.services };
    },
    async listNodes(options = {}) {
      const request = { consistency: consistencyToWire(options.consistency) };
      const response = await caller.read<{ revision: Uint64; nodes: readonly wire.WireNode[] }>('listNodes', request);
      return { revision: revisionOf(response), value: response.nodes.map((node) => wire.nodeFromWire(node)) };
    },
    async instances(query) {
      const request = wire.instancesQueryToWire(query);
      const response = await caller.read<{ revision: Uint64; instances: readonly wire.WireInstance[] }>(
        'instances',
        request,
      );
      return { revision: revisionOf(response), value: response.instances.map(wire.instanceFromWire) };
    },
    watch(service, { connect = false, ...options }, signal) {
      const open = () => stub.watch({ service, connect, ...watchOptionsToWire(options) });
      return readWatch(open, (event) => partFromWire(event, 'instances', wire.instanceFromWire), signal);
    },
    watchServices(options, signal) {
      const open = () => stub.watchServices(watchOptionsToWire(options));
      return readWatch(open, (event) => listPartFromWire(event, (name: string) => name), signal);
    },
    watchNodes({ node = '', ...options }, signal) {
      const open = () => stub.watchNodes({ node, ...watchOptionsToWire(options) });
      return readWatch(
        open,
        (event) => listPartFromWire(event, (node: wire.WireNode) => wire.nodeFromWire(node)),
        signal,
      );
    },
    close: () => stub.close(),
  };
}
