import type { Clock, Metrics, Random } from '@tribune/platform';
import {
  catalogService,
  kvService,
  type CatalogApi,
  type GrpcServer,
  type KvApi,
  type StateApi,
} from '@tribune/protocol';
import type { View } from '@tribune/state-store';
import { LeaderHold } from '../answers/leader-hold';
import { PublicCatalog } from './catalog';
import { PublicKv } from './kv';
import type { PublicApiOptions } from './options';
import { Reads } from './reads';
import { SubjectRegistry } from './watch/subject-registry';
import { Writes } from './writes';

export interface PublicApiCollaborators {
  readonly state: StateApi;
  readonly view: View;
  readonly clock: Clock;
  readonly random: Random;
  readonly metrics: Metrics;
}

/** The public API as objects in this process. */
export interface PublicApi {
  readonly catalog: CatalogApi;
  readonly kv: KvApi;
  /** Lets go of the view. Watches that still run end when their callers abort them. */
  close(): void;
}

/** `catalog.v1` and `kv.v1` over a view and the state service: what applications and the DNS gateway use. */
export function createPublicApi(options: PublicApiOptions, collaborators: PublicApiCollaborators): PublicApi {
  const { state, view, clock, random, metrics } = collaborators;
  const hold = new LeaderHold(clock, random, options.leaderHoldMs);
  const reads = new Reads({ state, view, hold });
  const writes = new Writes(state, hold);
  const subjects = new SubjectRegistry(options.watch, view, clock, random.uuid());
  const gauge = metrics.gauge('tribune_catalog_api_watches', 'Watches of the public API', ['kind']);
  const collect = (): void => {
    gauge.set({ kind: 'watchers' }, subjects.counts.watchers);
    gauge.set({ kind: 'subjects' }, subjects.counts.subjects);
  };
  Object.assign(gauge, { collect });
  return {
    catalog: new PublicCatalog(options.datacenter, { view, reads, writes, subjects }),
    kv: new PublicKv({ view, reads, writes, subjects }),
    close: () => subjects.close(),
  };
}

/** Serves the public API over gRPC; call before the server starts. */
export function servePublicGrpc(server: GrpcServer, api: PublicApi): void {
  server.add('tribune.catalog.v1.Catalog', catalogService(api.catalog));
  server.add('tribune.kv.v1.KV', kvService(api.kv));
}
