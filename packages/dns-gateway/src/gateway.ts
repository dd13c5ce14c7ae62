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
import { Listeners } from './server/listeners';
import { QueryHandler } from './server/query-handler';
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
  return new Gateway(options, { ...collaborators, logger: collaborators.logger.child('dns') });
}

class Gateway implements DnsGateway {
  private settings: DnsSettings;
  private context: ResolverContext;
  private readonly aborter = new AbortController();
  private readonly cache: AnswerCache;
  private readonly mirror: FullMirror | OnDemandMirror;
  private readonly external: ExternalNames;
  private readonly serviceAddresses: ServiceAddresses;
  private readonly listeners: Listeners;

  constructor(
    private readonly options: DnsGatewayOptions,
    private readonly collaborators: DnsGatewayCollaborators,
  ) {
    const { bounds } = options;
    const { catalog, random, clock, logger } = collaborators;
    const { signal } = this.aborter;
    this.settings = options.settings;
    this.cache = new AnswerCache(bounds.cachedAnswersMax);
    const Mirror = options.catalogScope === 'full' ? FullMirror : OnDemandMirror;
    this.mirror = new Mirror(bounds, collaborators, (dependency) => this.cache.drop(dependency));
    const metrics = this.metrics();
    const forwarder = new Forwarder(() => this.settings, {
      clock,
      random,
      logger,
      failed: (recursor) => metrics.recursorFailed(recursor),
    });
    const isRecursive = (): boolean => this.settings.recursors.length > 0;
    this.external = new ExternalNames(isRecursive, { forwarder, clock, random, signal });
    this.serviceAddresses = new ServiceAddresses({ catalog, clock, logger });
    this.context = this.contextNow();
    const { cache } = this;
    const context = (): ResolverContext => this.context;
    const handler = new QueryHandler(bounds, { context, cache, forwarder, random, clock, logger, metrics, signal });
    this.listeners = new Listeners(options, handler, clock);
  }

  get port(): number {
    return this.listeners.port;
  }

  async start(): Promise<void> {
    await this.mirror.start();
    await this.listeners.start();
    const { addresses, domain } = this.options;
    this.collaborators.logger.info('DNS listens', { addresses: addresses.join(','), port: this.port, domain });
  }

  async stop(): Promise<void> {
    this.aborter.abort();
    await this.listeners.stop();
    await this.mirror.stop();
  }

  readiness(): Readiness {
    return this.mirror.loaded ? { ready: true } : { ready: false, reason: 'the catalog has not been read yet' };
  }

  reload(next: DnsSettings): void {
    const wrong = validateDnsSettings(next);
    if (wrong.length > 0) throw new OptionsInvalid(wrong);
    this.settings = next;
    this.context = this.contextNow();
    this.cache.clear();
  }

  private metrics(): ReturnType<typeof dnsMetrics> {
    return dnsMetrics(this.collaborators.metrics, {
      cachedAnswers: () => this.cache.size,
      followedServices: () => this.mirror.followed,
      tcpConnections: () => this.listeners.tcpConnections,
    });
  }

  private contextNow(): ResolverContext {
    const { options, settings, mirror } = this;
    return {
      catalog: mirror,
      serviceWithAddress: this.serviceAddresses.lookup,
      settings,
      datacenter: options.datacenter,
      domains: domainsOf(options),
      nowSeconds: () => Math.floor(this.collaborators.clock.wallMs() / 1000),
      external: this.external.lookup,
    };
  }
}

function domainsOf({ domain, altDomain }: DnsGatewayOptions): Name[] {
  return [domain, altDomain].filter((text) => text !== '').map((text) => nameFromText(text)!);
}
