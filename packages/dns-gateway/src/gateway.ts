import type { Clock, Logger, Metrics, Random, Readiness, Startable } from '@tribune/platform';
import type { CatalogApi } from '@tribune/protocol';
import { AnswerCache } from './cache/answer-cache';
import { FullMirror } from './catalog/full-mirror';
import { OnDemandMirror } from './catalog/on-demand-mirror';
import { dnsMetrics } from './metrics';
import { OptionsInvalid, validateDnsOptions, validateDnsSettings } from './options-validation';
import type { DnsGatewayOptions, DnsSettings } from './options';
import type { ResolverContext } from './resolvers/context';
import { ExternalNames } from './resolvers/forward/external-names';
import { Forwarder } from './resolvers/forward/forwarder';
import { ServiceAddresses } from './resolvers/ptr/service-addresses';
import { QueryHandler } from './server/query-handler';
import { TcpListener } from './server/tcp-listener';
import { UdpListener } from './server/udp-listener';
import { nameFromText, type Name } from './wire/name';

export interface DnsGatewayCollaborators {
  /** All that the gateway knows comes from here. */
  readonly catalog: CatalogApi;
  readonly random: Random;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

export interface DnsGateway extends Startable {
  /** Of UDP and of TCP; 0 before `start`. */
  readonly port: number;
  /** Ready once the first snapshot of names and nodes is here. */
  readiness(): Readiness;
  /** Takes new settings without missing a query. Throws {@link OptionsInvalid} and changes nothing when they are wrong. */
  reload(settings: DnsSettings): void;
}

/** DNS over UDP and TCP, answered from memory. */
export function createDnsGateway(options: DnsGatewayOptions, collaborators: DnsGatewayCollaborators): DnsGateway {
  const problems = validateDnsOptions(options);
  if (problems.length > 0) throw new OptionsInvalid(problems);
  const { catalog, random, clock } = collaborators;
  const logger = collaborators.logger.child('dns');
  const { bounds } = options;
  let settings = options.settings;

  const aborter = new AbortController();
  const cache = new AnswerCache(bounds.cachedAnswersMax);
  const Mirror = options.catalogScope === 'full' ? FullMirror : OnDemandMirror;
  const mirror = new Mirror(bounds, { catalog, clock, random, logger }, (dependency) => cache.drop(dependency));
  const metrics = dnsMetrics(collaborators.metrics, {
    cachedAnswers: () => cache.size,
    followedServices: () => mirror.followed,
    tcpConnections: () => listeners.tcpConnections,
  });
  const forwarder = new Forwarder(() => settings, {
    clock,
    random,
    logger,
    failed: (recursor) => metrics.recursorFailed(recursor),
  });
  const external = new ExternalNames(() => settings.recursors.length > 0, {
    forwarder,
    clock,
    random,
    signal: aborter.signal,
  });
  const serviceAddresses = new ServiceAddresses({ catalog, clock, logger });

  const contextOf = (current: DnsSettings): ResolverContext => ({
    catalog: mirror,
    serviceWithAddress: serviceAddresses.lookup,
    settings: current,
    datacenter: options.datacenter,
    domains: domainsOf(options),
    nowSeconds: () => Math.floor(clock.wallMs() / 1000),
    external: external.lookup,
  });
  let context = contextOf(settings);
  const handler = new QueryHandler(bounds, {
    context: () => context,
    cache,
    forwarder,
    random,
    clock,
    logger,
    metrics,
    signal: aborter.signal,
  });
  const listeners = new Listeners(options, handler, clock);

  return {
    get port() {
      return listeners.port;
    },
    async start() {
      await mirror.start();
      await listeners.start();
      logger.info('DNS listens', {
        addresses: options.addresses.join(','),
        port: listeners.port,
        domain: options.domain,
      });
    },
    async stop() {
      aborter.abort();
      await listeners.stop();
      await mirror.stop();
    },
    readiness: () => (mirror.loaded ? { ready: true } : { ready: false, reason: 'the catalog has not been read yet' }),
    reload(next) {
      const wrong = validateDnsSettings(next);
      if (wrong.length > 0) throw new OptionsInvalid(wrong);
      settings = next;
      context = contextOf(next);
      cache.clear();
    },
  };
}

function domainsOf({ domain, altDomain }: DnsGatewayOptions): Name[] {
  return [domain, altDomain].filter((text) => text !== '').map((text) => nameFromText(text)!);
}

/** Every address on UDP and TCP, all on one port. */
class Listeners implements Startable {
  private udp: UdpListener[] = [];
  private tcp: TcpListener[] = [];

  constructor(
    private readonly options: DnsGatewayOptions,
    private readonly handler: QueryHandler,
    private readonly clock: Clock,
  ) {}

  get port(): number {
    return this.udp[0]?.port ?? 0;
  }

  get tcpConnections(): number {
    return this.tcp.reduce((sum, listener) => sum + listener.connectionCount, 0);
  }

  async start(): Promise<void> {
    if (this.udp.length > 0) return;
    let { port } = this.options;
    try {
      for (const host of this.options.addresses) {
        port = await this.listen(host, port);
      }
    } catch (thrown) {
      await this.stop();
      throw thrown;
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.udp, ...this.tcp].map((listener) => listener.stop()));
    this.udp = [];
    this.tcp = [];
  }

  private async listen(host: string, port: number): Promise<number> {
    const { handler, clock } = this;
    for (let attempt = 1; ; attempt++) {
      const tcp = new TcpListener(host, port, this.options.bounds, { handler, clock });
      await tcp.start();
      const udp = new UdpListener(host, tcp.port, handler);
      try {
        await udp.start();
      } catch (thrown) {
        await tcp.stop();
        // The system's choice for TCP may be taken on UDP; only a port that was asked for is a reason to fail.
        if (port !== 0 || attempt === PORT_ATTEMPTS_MAX) throw thrown;
        continue;
      }
      this.tcp.push(tcp);
      this.udp.push(udp);
      return tcp.port;
    }
  }
}

const PORT_ATTEMPTS_MAX = 10;
