/** The start of authority's numbers, in seconds. `minTtl` is how long resolvers may keep a "no" (RFC 2308). */
export interface SoaSettings {
  readonly refresh: number;
  readonly retry: number;
  readonly expire: number;
  readonly minTtl: number;
}

/** What can change while the gateway runs: Consul's `dns_config`. */
export interface DnsSettings {
  /** Seconds, of answers about nodes. */
  readonly nodeTtl: number;
  /** Seconds by service name; `web*` is a prefix, `*` everything. The exact name wins, then the longest prefix. */
  readonly serviceTtl: Readonly<Record<string, number>>;
  /** Leaves out instances in state `warning` too; those in `critical` never appear. */
  readonly onlyPassing: boolean;
  /** Sets TC when answers were left out. Off as in Consul: most clients want some answer now, not all over TCP. */
  readonly enableTruncate: boolean;
  /** Answer records over UDP in 512 bytes; at most {@link UDP_ANSWER_LIMIT_MAX}. */
  readonly udpAnswerLimit: number;
  /** A, AAAA and ANY records of a service over UDP and TCP; 0: no limit. */
  readonly aRecordLimit: number;
  readonly disableCompression: boolean;
  /** TXT records with a node's metadata in the additional section. */
  readonly enableAdditionalNodeMetaTxt: boolean;
  /** `host[:port]` of the servers asked about names outside our domains. None: such names are REFUSED. */
  readonly recursors: readonly string[];
  /** In the order given, or a random one. */
  readonly recursorStrategy: 'sequential' | 'random';
  /** Patience with one recursor before the next is asked. */
  readonly recursorTimeoutMs: number;
  readonly soa: SoaSettings;
}

export interface DnsGatewayOptions {
  /** The domain served, without final dot. */
  readonly domain: string;
  /** A second domain; answers keep the one that was asked. '' for none. */
  readonly altDomain: string;
  /** Hosts to listen at, UDP and TCP. */
  readonly addresses: readonly string[];
  /** 0 lets the system choose; see `DnsGateway.port`. */
  readonly port: number;
  readonly datacenter: string;
  /**
   * `full`: all names and nodes in memory, a name that is not there costs nothing; for servers and gateways of their
   * own. `on-demand`: only what is asked for; for client agents, which never hold the whole catalog.
   */
  readonly catalogScope: 'full' | 'on-demand';
  readonly settings: DnsSettings;
  readonly bounds: DnsBounds;
}

/** Every queue and table has an end. What happens there stands beside each. */
export interface DnsBounds {
  /** How long a query waits for a first snapshot before SERVFAIL. Below the 5 s after which stub resolvers give up. */
  readonly snapshotWaitMs: number;
  /** Queries that wait for a snapshot or a recursor; more get SERVFAIL. */
  readonly waitingMax: number;
  /** Services (and nodes, where those are followed one by one) followed at once; the one unused for longest is let go. */
  readonly followedServicesMax: number;
  /** A service that nobody asked for in this time is let go. */
  readonly followIdleMs: number;
  /** Encoded answers kept; the oldest goes. */
  readonly cachedAnswersMax: number;
  /** Open TCP connections; the one silent for longest is closed for a new one. */
  readonly tcpConnectionsMax: number;
  /** From one source address. */
  readonly tcpConnectionsPerSourceMax: number;
  /** Silence after which a TCP connection is closed (RFC 7766 §6.2.3 asks for "a few seconds"). */
  readonly tcpIdleMs: number;
  /** A TCP message must be complete this long after its first byte: stops the slow drip. */
  readonly tcpMessageMs: number;
  /** Queries of one TCP connection that are being answered; reading pauses until one is done. */
  readonly tcpPipelineMax: number;
}

export const UDP_ANSWER_LIMIT_MAX = 8;

export const dnsSettingsDefaults: DnsSettings = {
  nodeTtl: 0,
  serviceTtl: {},
  onlyPassing: false,
  enableTruncate: false,
  udpAnswerLimit: 3,
  aRecordLimit: 0,
  disableCompression: false,
  enableAdditionalNodeMetaTxt: true,
  recursors: [],
  recursorStrategy: 'sequential',
  recursorTimeoutMs: 2000,
  soa: { refresh: 3600, retry: 600, expire: 86_400, minTtl: 0 },
};

export const dnsBoundsDefaults: DnsBounds = {
  snapshotWaitMs: 3000,
  waitingMax: 4096,
  followedServicesMax: 2048,
  followIdleMs: 10 * 60_000,
  cachedAnswersMax: 16_384,
  tcpConnectionsMax: 512,
  tcpConnectionsPerSourceMax: 128,
  tcpIdleMs: 10_000,
  tcpMessageMs: 2000,
  tcpPipelineMax: 64,
};

export const dnsGatewayDefaults: DnsGatewayOptions = {
  domain: 'consul',
  altDomain: '',
  addresses: ['127.0.0.1'],
  port: 8600,
  datacenter: 'dc1',
  catalogScope: 'full',
  settings: dnsSettingsDefaults,
  bounds: dnsBoundsDefaults,
};

/** The TTL of a service's answers: its exact name, else the longest prefix with `*`, else 0. */
export function serviceTtl(settings: DnsSettings, service: string): number {
  const name = service.toLowerCase();
  let best = -1;
  let ttl = 0;
  for (const [pattern, seconds] of Object.entries(settings.serviceTtl)) {
    const key = pattern.toLowerCase();
    if (key === name) return seconds;
    const prefix = key.endsWith('*') ? key.slice(0, -1) : undefined;
    if (prefix === undefined || prefix.length <= best || !name.startsWith(prefix)) continue;
    best = prefix.length;
    ttl = seconds;
  }
  return ttl;
}
