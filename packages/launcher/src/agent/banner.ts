import type { AgentConfig, ListenAddress } from '../config/agent-config';
import { CONSUL_VERSION, TRIBUNE_VERSION } from './version';

/** The block that Consul prints before its log. */
export function banner(config: AgentConfig, nodeId: string): string {
  const isServer = config.mode === 'server';
  const lines: [string, string][] = [
    ['Version', `'${TRIBUNE_VERSION}' (Consul ${CONSUL_VERSION} interfaces)`],
    ['Node ID', `'${nodeId}'`],
    ['Node name', `'${config.nodeName}'`],
    ['Datacenter', `'${config.datacenter}' (Segment: '${isServer ? '<all>' : ''}')`],
    ['Server', `${isServer} (Bootstrap: ${config.bootstrap})`],
    [
      'Client Addr',
      `[${config.clientHosts.join(' ')}] (HTTP: ${portOf(config.http)}, HTTPS: -1, gRPC: ${portOf(config.grpc)}, DNS: ${portOf(config.dns)})`,
    ],
    ['Cluster Addr', `${config.advertiseHost} (LAN: ${config.serfLan.port}, WAN: ${config.serfWan?.port ?? -1})`],
    [
      'Encrypt',
      `Gossip: ${config.gossip.encrypt !== ''}, TLS-Outgoing: false, TLS-Incoming: false, Auto-Encrypt-TLS: false`,
    ],
  ];
  const block = lines.map(([name, value]) => `${name.padStart(16)}: ${value}\n`).join('');
  return `==> Starting Tribune agent...\n${block}\n==> Log data will now stream in as it occurs:\n\n`;
}

const portOf = ([first]: readonly ListenAddress[]): string =>
  !first ? '-1' : 'path' in first ? `unix://${first.path}` : String(first.port);
