import type { GivenAgent } from '../schema/agent-fields';

/** What `-dev` changes, as a source that files and flags overrule. */
export const devProfile: GivenAgent = {
  server: true,
  bind_addr: '127.0.0.1',
  ports: { grpc: 8502 },
  performance: { raft_multiplier: 1, leave_drain_time: 0 },
  gossip_lan: { gossip_interval: 100, probe_interval: 100, probe_timeout: 100, suspicion_mult: 3 },
  gossip_wan: { gossip_interval: 100, probe_interval: 100, probe_timeout: 100, suspicion_mult: 3 },
};
