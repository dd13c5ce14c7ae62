import type { GossipOptions, PoolOptions, ProfileName } from '@tribune/gossip';
import type { AgentConfig, HostPort } from '../../config/agent-config';
import type { AgentIdentity } from '../identity';
import { CONSUL_VERSION } from '../version';

type GossipKnobs = AgentConfig['gossip']['lan'];

export function gossipOptionsOf(config: AgentConfig, { nodeId, dataPath }: AgentIdentity): GossipOptions {
  const { gossip } = config;
  return {
    name: config.nodeName,
    datacenter: config.datacenter,
    bindAddress: config.bindHost,
    advertiseAddress: config.advertiseHost,
    lan: poolOf(config.serfLan, config.advertiseHost, gossip.lanProfile, gossip.lan),
    ...(config.serfWan ? { wan: poolOf(config.serfWan, config.advertiseWanHost, 'wan', gossip.wan) } : {}),
    tags: gossipTags(config, nodeId),
    ...(gossip.encrypt === '' ? {} : { encryptKey: gossip.encrypt }),
    encryptVerifyIncoming: gossip.encryptVerifyIncoming,
    encryptVerifyOutgoing: gossip.encryptVerifyOutgoing,
    // A development agent starts from nothing each time.
    dataDir: config.isDev ? '' : dataPath,
    rejoinAfterLeave: config.rejoinAfterLeave,
    serf: { reconnectTimeoutMs: gossip.reconnectTimeoutMs },
  };
}

function poolOf(at: HostPort, advertiseAddress: string, profile: ProfileName, knobs: GossipKnobs): PoolOptions {
  return {
    port: at.port,
    bindAddress: at.host,
    advertiseAddress,
    profile,
    overrides: {
      gossipNodes: knobs.gossip_nodes,
      gossipIntervalMs: knobs.gossip_interval,
      probeIntervalMs: knobs.probe_interval,
      // memberlist allows a timeout as long as the interval; the core wants it shorter.
      probeTimeoutMs: Math.min(knobs.probe_timeout, knobs.probe_interval * 0.9),
      suspicionMult: knobs.suspicion_mult,
      retransmitMult: knobs.retransmit_mult,
    },
  };
}

/** The tags that Consul's agents read of one another (agent/consul/server_serf.go, client_serf.go). */
export function gossipTags(config: AgentConfig, nodeId: string): Readonly<Record<string, string>> {
  const common = {
    dc: config.datacenter,
    segment: '',
    id: nodeId,
    vsn: '2',
    vsn_min: '2',
    vsn_max: '3',
    build: `${CONSUL_VERSION}:tribune`,
    acls: '0',
  };
  if (config.mode === 'client') return { ...common, role: 'node' };
  return {
    ...common,
    role: 'consul',
    port: String(config.serverRpc.port),
    raft_vsn: '3',
    ...(config.bootstrap ? { bootstrap: '1' } : {}),
    ...(config.bootstrapExpect > 0 ? { expect: String(config.bootstrapExpect) } : {}),
    ...(config.serfWan ? { wan_join_port: String(config.serfWan.port) } : {}),
  };
}
