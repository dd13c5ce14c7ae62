import { join } from 'node:path';
import type { RaftServerOptions } from '@tribune/raft-core';
import type { AgentConfig } from '../../config/agent-config';
import { taggedAddressesOf, type AgentIdentity } from '../identity';

export function raftOptionsOf(config: AgentConfig, { nodeId, dataPath }: AgentIdentity): RaftServerOptions {
  const { host, port } = config.serverRpc;
  const { snapshotThreshold, trailingLogs } = config.raft;
  return {
    id: nodeId,
    nodeName: config.nodeName,
    datacenter: config.datacenter,
    rpcAddress: `${host.includes(':') ? `[${host}]` : host}:${port}`,
    advertiseAddress: config.advertiseHost,
    dataDir: join(dataPath, 'raft'),
    bootstrap: config.bootstrap || config.isDev,
    bootstrapExpect: config.bootstrapExpect,
    raftMultiplier: config.raft.multiplier,
    raft: {
      readLeases: config.raft.readLeases,
      ...(snapshotThreshold > 0 ? { snapshotThreshold } : {}),
      ...(trailingLogs > 0 ? { trailingLogs } : {}),
    },
    autopilot: config.autopilot,
    taggedAddresses: taggedAddressesOf(config),
    nodeMeta: config.nodeMeta,
  };
}
