/**
 * Consul's HTTP API over a view: stateless, one Nest module per area.
 * @packageDocumentation
 */
export { createCatalogApi, type CatalogApi } from './catalog-api';
export {
  catalogApiDefaults,
  type AgentControl,
  type CatalogApiCollaborators,
  type CatalogApiOptions,
  type HttpAddress,
  type HttpLimits,
} from './options';
export {
  createPublicApi,
  servePublicGrpc,
  type PublicApi,
  type PublicApiCollaborators,
} from './public-grpc/public-api';
export { publicApiDefaults, type PublicApiOptions, type WatchLimits } from './public-grpc/options';
