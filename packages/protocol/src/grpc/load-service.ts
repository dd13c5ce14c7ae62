import { join, resolve } from 'node:path';
import {
  loadPackageDefinition,
  type GrpcObject,
  type ServiceClientConstructor,
  type ServiceDefinition,
} from '@grpc/grpc-js';
import { loadSync, type PackageDefinition } from '@grpc/proto-loader';
import type * as FileDescriptors from './file-descriptors';

/** The contract lives in the repository's `proto/` folder; a package copy may bring it along. */
export const PROTO_ROOT = resolve(__dirname, '../../../../proto');

const FILES = {
  'tribune.state.v1.State': 'tribune/state/v1/state.proto',
  'tribune.raft.v1.RaftTransport': 'tribune/raft/v1/raft.proto',
  'tribune.membership.v1.Membership': 'tribune/membership/v1/membership.proto',
  'tribune.agent.v1.Agent': 'tribune/agent/v1/agent.proto',
  'tribune.control.v1.Control': 'tribune/control/v1/control.proto',
  'tribune.catalog.v1.Catalog': 'tribune/catalog/v1/catalog.proto',
  'tribune.kv.v1.KV': 'tribune/kv/v1/kv.proto',
  'grpc.health.v1.Health': 'grpc/health/v1/health.proto',
} as const;
export type ServiceName = keyof typeof FILES;

interface Loaded {
  readonly definition: ServiceDefinition;
  readonly client: ServiceClientConstructor;
  readonly packageDefinition: PackageDefinition;
}

const loaded = new Map<ServiceName, Loaded>();

/** 64-bit integers arrive as decimal text (exact); absent fields get their defaults; oneofs name their case. */
export function loadService(name: ServiceName): Loaded {
  let entry = loaded.get(name);
  if (!entry) loaded.set(name, (entry = load(name)));
  return entry;
}

function load(name: ServiceName): Loaded {
  const packageDefinition = loadSync(join(PROTO_ROOT, FILES[name]), {
    includeDirs: [PROTO_ROOT],
    keepCase: false,
    longs: String,
    enums: String,
    defaults: true,
    oneofs: true,
  });
  const root = loadPackageDefinition(packageDefinition);
  const client = name
    .split('.')
    .reduce<GrpcObject | ServiceClientConstructor>(
      (scope, part) => (scope as GrpcObject)[part] as GrpcObject,
      root,
    ) as ServiceClientConstructor;
  return { definition: client.service, client, packageDefinition };
}

/** The contract of a service for clients that have no files; costs more than {@link loadService}. */
export function describedService(name: ServiceName): PackageDefinition {
  const { describedPackage } = require('./file-descriptors') as typeof FileDescriptors;
  return describedPackage(join(PROTO_ROOT, FILES[name]), [PROTO_ROOT]);
}
