import type { ServerWritableStream, UntypedServiceImplementation } from '@grpc/grpc-js';
import type { CatalogApi, InstanceKey, ReadOptions } from '../api/catalog';
import type { CheckServiceNode, Node } from '../model/catalog';
import { apiUnary } from './api-unary';
import * as wire from './catalog-wire';
import { consistencyFromWire, type WireConsistency } from './consistency-wire';
import type { Uint64 } from './wire-integers';
import { serveWatch } from './watch-stream';
import {
  listPartToWire,
  partToWire,
  watchOptionsFromWire,
  type WireListEvent,
  type WireWatchEvent,
} from './watch-wire';

interface WireListWatchRequest {
  fromRevision: Uint64;
  history: string;
}
interface WireNodesWatchRequest extends WireListWatchRequest {
  node: string;
}
interface WireWatchRequest extends WireListWatchRequest {
  service: string;
  connect: boolean;
}
export type WireServiceEvent = WireWatchEvent<wire.WireInstance, InstanceKey, 'instances'>;

const readOptions = ({ consistency }: { consistency: WireConsistency }): ReadOptions => ({
  consistency: consistencyFromWire(consistency),
});

/** `catalog.v1` over gRPC: unpacks messages, calls the {@link CatalogApi}, packs what it says. */
export function catalogService(api: CatalogApi): UntypedServiceImplementation {
  return {
    register: apiUnary(async (request: wire.WireRegister) => api.register(wire.registrationFromWire(request))),
    deregister: apiUnary(async (request: wire.WireDeregister) => api.deregister(wire.deregistrationFromWire(request))),
    listServices: apiUnary(async (request: { consistency: WireConsistency }) => {
      const { revision, value } = await api.listServices(readOptions(request));
      return { revision, services: value };
    }),
    listNodes: apiUnary(async (request: { consistency: WireConsistency }) => {
      const { revision, value } = await api.listNodes(readOptions(request));
      return { revision, nodes: value.map(wire.nodeToWire) };
    }),
    instances: apiUnary(async (request: wire.WireInstancesRequest) => {
      const { revision, value } = await api.instances(wire.instancesQueryFromWire(request));
      return { revision, instances: value.map(wire.instanceToWire) };
    }),
    watch: (call: ServerWritableStream<WireWatchRequest, WireServiceEvent>) =>
      void serveWatch(
        call,
        (request, signal) =>
          api.watch(request.service, { ...watchOptionsFromWire(request), connect: request.connect }, signal),
        instanceBytes,
        (part) => partToWire(part, 'instances', wire.instanceToWire),
      ),
    watchServices: (call: ServerWritableStream<WireListWatchRequest, WireListEvent<string>>) =>
      void serveWatch(
        call,
        (request, signal) => api.watchServices(watchOptionsFromWire(request), signal),
        (name: string) => name.length + 8,
        (part) => listPartToWire(part, (name) => name),
      ),
    watchNodes: (call: ServerWritableStream<WireNodesWatchRequest, WireListEvent<wire.WireNode>>) =>
      void serveWatch(
        call,
        ({ node, ...request }, signal) =>
          api.watchNodes({ ...watchOptionsFromWire(request), ...(node === '' ? {} : { node }) }, signal),
        nodeBytes,
        (part) => listPartToWire(part, wire.nodeToWire),
      ),
  };
}

const nodeBytes = (node: Node): number => 150 + mapBytes(node.meta) + mapBytes(node.taggedAddresses);

const mapBytes = (map: Readonly<Record<string, string>> | null): number => {
  let bytes = 0;
  for (const [key, value] of Object.entries(map ?? {})) bytes += key.length + value.length * 3 + 8;
  return bytes;
};

function instanceBytes({ node, service, checks }: CheckServiceNode): number {
  const proxy = service.proxy ? 4096 : 0;
  return checks.reduce(
    (sum, check) => sum + 300 + check.output.length * 3,
    nodeBytes(node) + 300 + mapBytes(service.meta) + proxy,
  );
}
