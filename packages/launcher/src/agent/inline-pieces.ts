import type * as CatalogApiModule from '@tribune/catalog-api';
import type * as DnsModule from '@tribune/dns-gateway';
import { createGossip, type Gossip } from '@tribune/gossip';
import { createHealthRunner } from '@tribune/health-runner';
import { CodedError } from '@tribune/platform';
import { MembershipService, type AgentApi, type GrpcServer, type MembershipApi } from '@tribune/protocol';
import { InlinePiece } from '../pieces/inline-piece';
import type { Piece } from '../pieces/piece';
import { StandIn } from '../pieces/stand-in';
import type { AgentConfig, ListenAddress } from '../config/agent-config';
import type { CompositionInput, DataPlane, Listening } from './composition';
import { dnsOptionsOf, dnsSettingsOf } from './options/dns-options';
import { gossipOptionsOf } from './options/gossip-options';
import { healthOptionsOf } from './options/health-options';
import { httpOptionsOf } from './options/http-options';
import { withSocketRights } from './socket-rights';
import { isOfThisMachine, publicGrpcListeners, type PublicGrpc } from './public-grpc-piece';

export class NameLostError extends CodedError<{ code: 'NODE_NAME_LOST'; pool: string }> {}

export interface GossipPart {
  readonly piece: Piece;
  readonly membership: MembershipApi;
  port(): number;
}

export function gossipPiece({ config, identity, ports }: CompositionInput): GossipPart {
  let gossip: Gossip | undefined;
  const standIn = new StandIn<MembershipApi>('gossip');
  const piece = new InlinePiece('gossip', (died) =>
    standIn.put(
      (gossip = createGossip(gossipOptionsOf(config, identity), {
        ...ports,
        nameLost: (pool) =>
          died(
            new NameLostError(
              { code: 'NODE_NAME_LOST', pool },
              `another agent of the ${pool} pool has the name ${config.nodeName}`,
            ),
          ),
      })),
    ),
  );
  return { piece, membership: standIn.face, port: () => gossip?.port('lan') ?? 0 };
}

export interface FrontEnd {
  readonly pieces: readonly Piece[];
  readonly agent: AgentApi;
  reloadDns(config: AgentConfig): void;
  listening(): Omit<Listening, 'serfLan'>;
  close(): void;
}

/** What clients talk to: the local agent, HTTP, gRPC and DNS, over one view. */
export function frontEnd(input: CompositionInput, data: DataPlane, membership: MembershipApi): FrontEnd {
  const { config, identity, ports, control } = input;
  const standIn = new StandIn<AgentApi>('health-runner');
  const health = new InlinePiece('health-runner', () =>
    standIn.put(createHealthRunner(healthOptionsOf(config, identity), { ...ports, ...data })),
  );
  // Loaded when they are made: the agent then has its port for other servers open sooner.
  const catalog = once(() => require('@tribune/catalog-api') as typeof CatalogApiModule);
  const api = once(() => {
    const { createPublicApi, publicApiDefaults } = catalog();
    const options = { ...publicApiDefaults, datacenter: config.datacenter, leaderHoldMs: config.rpcHoldTimeoutMs };
    return createPublicApi(options, { ...ports, ...data });
  });
  let server: CatalogApiModule.CatalogApi | undefined;
  const http = new InlinePiece('catalog-api', () => {
    const collaborators = { ...ports, ...data, membership, agent: standIn.face, logSource: ports.logger, control };
    return withSocketRights(
      config,
      (server = catalog().createCatalogApi(httpOptionsOf(config, identity), collaborators)),
    );
  });
  let listeners: PublicGrpc | undefined;
  const grpc = new InlinePiece('public-grpc', () => {
    const logger = ports.logger.child('grpc');
    const members = new MembershipService({ api: membership, logger });
    const serve = (one: GrpcServer, address: ListenAddress): void => {
      catalog().servePublicGrpc(one, api());
      // It can change the pool and read its keys: for operators of this machine, not for whoever reads the catalog.
      if (isOfThisMachine(address)) one.add('tribune.membership.v1.Membership', members.implementation());
    };
    return (listeners = publicGrpcListeners(config.grpc, logger, serve, () => members.close()));
  });
  let gateway: DnsModule.DnsGateway | undefined;
  const dns = new InlinePiece(
    'dns-gateway',
    () => {
      const { createDnsGateway } = require('@tribune/dns-gateway') as typeof DnsModule;
      return (gateway = createDnsGateway(dnsOptionsOf(config), { ...ports, catalog: api().catalog }));
    },
    (one) => one.readiness(),
  );
  return {
    pieces: [
      health,
      ...(config.http.length > 0 ? [http] : []),
      ...(config.grpc.length > 0 ? [grpc] : []),
      ...(config.dns.length > 0 ? [dns] : []),
    ],
    agent: standIn.face,
    reloadDns: (changed) => gateway?.reload(dnsSettingsOf(changed)),
    listening: () => ({ http: server?.port ?? 0, grpc: listeners?.port ?? 0, dns: gateway?.port ?? 0 }),
    close: () => api.made?.close(),
  };
}

/** Made at the first call; `made` is it, or undefined when there was none. */
function once<T>(make: () => T): (() => T) & { readonly made: T | undefined } {
  let value: { readonly made: T } | undefined;
  const get = (): T => (value ??= { made: make() }).made;
  return Object.defineProperty(get, 'made', { get: () => value?.made }) as (() => T) & { readonly made: T | undefined };
}
