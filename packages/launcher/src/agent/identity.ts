import { isIPv4 } from 'node:net';
import type { LocalNode } from '@tribune/protocol';
import type { AgentConfig } from '../config/agent-config';

/** What is only known once the data folder is open. */
export interface AgentIdentity {
  readonly nodeId: string;
  readonly dataPath: string;
}

/** This node as the catalog shows it. */
export function localNodeOf(config: AgentConfig, { nodeId }: AgentIdentity): LocalNode {
  return {
    id: nodeId,
    node: config.nodeName,
    address: config.advertiseHost,
    datacenter: config.datacenter,
    taggedAddresses: taggedAddressesOf(config),
    meta: config.nodeMeta,
  };
}

/** `lan`, `wan` and, by family, `lan_ipv4` and so on, as Consul fills them in; what is configured wins. */
export function taggedAddressesOf(config: AgentConfig): Readonly<Record<string, string>> {
  const family = (address: string): string => (isIPv4(address) ? 'ipv4' : 'ipv6');
  const { advertiseHost: lan, advertiseWanHost: wan } = config;
  return { lan, [`lan_${family(lan)}`]: lan, wan, [`wan_${family(wan)}`]: wan, ...config.taggedAddresses };
}
