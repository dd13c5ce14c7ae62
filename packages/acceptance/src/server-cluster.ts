import { eventually } from '@tribune/testkit';
import { AgentProcess, type AgentPorts } from './agent-process';
import type { Links } from './links/links';
import { NamespaceLinks } from './links/namespace-links';
import { ProxiedLinks } from './links/proxied-links';

export interface ClusterOptions {
  /** What runs between the servers. `none`: plain loopback, as no link is to be cut. */
  readonly network?: 'none' | 'proxied' | 'namespaces';
  readonly configuration?: Record<string, unknown>;
  /** Before the first start. */
  readonly prepare?: (servers: readonly AgentProcess[]) => void;
}

/** Servers as real processes that elect a leader among themselves. */
export class ServerCluster {
  private constructor(
    readonly servers: readonly AgentProcess[],
    readonly links: Links | undefined,
  ) {}

  static async start(
    count: number,
    { network = 'none', configuration = {}, prepare }: ClusterOptions = {},
  ): Promise<ServerCluster> {
    const proxied = network === 'proxied' ? new ProxiedLinks() : undefined;
    const links = network === 'namespaces' ? new NamespaceLinks(count) : proxied;
    const ports = await Promise.all(Array.from({ length: count }, () => AgentProcess.choosePorts()));
    const advertised = ports.map((port, i) => `${links?.place(i).advertise ?? '127.0.0.1'}:${port.serf_lan}`);
    const servers: AgentProcess[] = [];
    for (const [i, port] of ports.entries()) {
      const place = links?.place(i);
      const where = place ? { bind_addr: place.bind, advertise_addr: place.advertise } : {};
      const client = network === 'namespaces' ? { client_addr: place!.bind } : {};
      const shape = { server: true, bootstrap_expect: count, retry_join: advertised, retry_interval: '1s' };
      const chosen = { ports: { ...port, serf_wan: -1, grpc: -1 }, log_level: 'info' };
      const agent = { ...shape, ...chosen, ...where, ...client, ...configuration };
      servers.push(await AgentProcess.create(`s${i}`, agent, port as AgentPorts, place?.prefix));
    }
    prepare?.(servers);
    await proxied?.open(servers.map((server) => ({ pid: () => pidOf(server), ports: server.ports })));
    const cluster = new ServerCluster(servers, links);
    for (const server of servers) server.start();
    await cluster.ready();
    return cluster;
  }

  /** Every running server answers reads, and all agree on one leader. */
  async ready(): Promise<void> {
    await Promise.all(this.running.map((server) => server.ready()));
    await this.leader();
  }

  get running(): AgentProcess[] {
    return this.servers.filter((server) => server.isRunning);
  }

  /** The one that itself and a majority name as leader. */
  async leader(among = this.running): Promise<AgentProcess> {
    return eventually('a leader that a majority names', async () => {
      const names = await Promise.all(among.map((server) => this.namedBy(server)));
      const votes = (server: AgentProcess): number => names.filter((name) => name === server).length;
      return among.find((server, i) => names[i] === server && votes(server) * 2 > this.servers.length);
    });
  }

  followersOf(leader: AgentProcess): AgentProcess[] {
    return this.servers.filter((server) => server !== leader);
  }

  indexOf(server: AgentProcess): number {
    return this.servers.indexOf(server);
  }

  async dispose(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.dispose()));
    await this.links?.close();
  }

  private async namedBy(server: AgentProcess): Promise<AgentProcess | undefined> {
    const answer = await server.http.send('GET', '/v1/status/leader').catch(() => undefined);
    const address = answer?.status === 200 ? (JSON.parse(answer.text) as string) : '';
    return this.servers.find(({ ports }) => address.endsWith(`:${ports.server}`));
  }
}

function pidOf(server: AgentProcess): number | undefined {
  return server.isRunning ? server.process.pid : undefined;
}
