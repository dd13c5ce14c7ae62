import { CONSUL_SERVICE_NAME, SERF_HEALTH_CHECK_ID, type Member, type Node, type ServerTags } from '@tribune/protocol';
import type { RegisterCommand } from '@tribune/state-store';

export const ALIVE_OUTPUT = 'Agent alive and reachable';
export const FAILED_OUTPUT = 'Agent not live or unreachable';

type CheckRecord = RegisterCommand['checks'][number];
type ServiceRecord = NonNullable<RegisterCommand['service']>;

/** What the leader writes about its own node, which its gossip tags do not say. */
export interface OwnNode {
  readonly name: string;
  readonly taggedAddresses: Readonly<Record<string, string>>;
  readonly meta: Readonly<Record<string, string>>;
}

export interface NodeSettings {
  readonly datacenter: string;
  readonly own: OwnNode;
}

/** `known` is what the catalog has: its agent's details outlive a change of address. */
export function nodeRecord(member: Member, known: Node | undefined, settings: NodeSettings): RegisterCommand['node'] {
  const { datacenter, own } = settings;
  const details = member.name === own.name ? own : known;
  return {
    id: member.tags.id ?? '',
    node: member.name,
    address: member.address,
    datacenter,
    taggedAddresses: details?.taggedAddresses ?? null,
    meta: details?.meta ?? null,
  };
}

/** Consul's `serfHealth`: what gossip knows, as a check of the node. */
export function serfHealthRecord(node: string, alive: boolean): CheckRecord {
  return {
    node,
    checkId: SERF_HEALTH_CHECK_ID,
    name: 'Serf Health Status',
    status: alive ? 'passing' : 'critical',
    notes: '',
    output: alive ? ALIVE_OUTPUT : FAILED_OUTPUT,
    serviceId: '',
    serviceName: '',
    serviceTags: [],
    type: '',
    definition: {},
  };
}

/** The service `consul` that every server has, with the Meta that Consul 1.8 gives it. */
export function serverServiceRecord(member: Member, server: ServerTags): ServiceRecord {
  return {
    id: CONSUL_SERVICE_NAME,
    service: CONSUL_SERVICE_NAME,
    kind: '',
    tags: [],
    address: '',
    port: Number(server.rpcAddress.slice(server.rpcAddress.lastIndexOf(':') + 1)),
    taggedAddresses: null,
    meta: {
      non_voter: String(member.tags.nonvoter === '1'),
      raft_version: member.tags.raft_vsn ?? '3',
      serf_protocol_current: String(member.protocolCurrent),
      serf_protocol_max: String(member.protocolMax),
      serf_protocol_min: String(member.protocolMin),
      version: (member.tags.build ?? '').split(':')[0]!,
    },
    weights: { passing: 1, warning: 1 },
    enableTagOverride: false,
    proxy: null,
    connectNative: false,
  };
}
