import type { AgentApi, ControlApi, MembershipApi, StateApi } from '@tribune/protocol';
import type { View } from '@tribune/state-store';
import type { Clock, Logger, LogSource, Metrics, Random, Readiness } from '@tribune/platform';

/** A TCP port (0: the system chooses) or a Unix socket. */
export type HttpAddress = { readonly host: string; readonly port: number } | { readonly path: string };

/** Bounds of the HTTP side. Each has an answer for what goes over it. */
export interface HttpLimits {
  /** Connections of one client address; the next one gets 429 and is closed. 0: no limit. */
  readonly httpMaxConnsPerClient: number;
  /** Bytes of one KV value; 413 above. */
  readonly kvMaxValueSize: number;
  /** Bytes of one transaction's body; 413 above. The larger of this and `kvMaxValueSize` counts. */
  readonly txnMaxReqLen: number;
  /** Bytes of any other request body; 413 above. */
  readonly bodyBytesMax: number;
  /** Blocking queries parked at once; 429 with Retry-After above. */
  readonly blockingQueriesMax: number;
  /** A client that takes no byte of its answer for this long is cut off. Milliseconds. @default 60000 */
  readonly stalledReaderMs?: number;
  /** Encoded answers kept, in entries and in bytes; the least used leave first. */
  readonly answersMax: number;
  readonly answerBytesMax: number;
}

export interface CatalogApiOptions {
  readonly http: readonly HttpAddress[];
  readonly datacenter: string;
  readonly nodeName: string;
  readonly nodeId: string;
  readonly server: boolean;
  /** As `consul agent -dev`: every JSON answer is indented. */
  readonly dev: boolean;
  readonly version: string;
  readonly limits: HttpLimits;
  /** Blocking queries: what `wait` is when none is given, and its cap. Milliseconds. */
  readonly defaultQueryTimeMs: number;
  readonly maxQueryTimeMs: number;
  /** How long a request waits for a leader before it answers `No cluster leader`. Milliseconds. */
  readonly leaderHoldMs: number;
  /** Above 0: catalog and health reads are `stale` by default, up to this age. Milliseconds. */
  readonly discoveryMaxStaleMs: number;
  /** Shortest TTL a session may ask for. Nanoseconds. */
  readonly sessionTtlMinNs: number;
  /** `telemetry.prometheus_retention_time`: `?format=prometheus` is answered with 415 unless above 0. Milliseconds. */
  readonly prometheusRetentionMs: number;
  readonly disableHttpUnprintableCharFilter: boolean;
  /** Path prefixes that are answered with 403 (`http_config.block_endpoints`). */
  readonly blockEndpoints: readonly string[];
  /** Added to every answer (`http_config.response_headers`). */
  readonly responseHeaders: Readonly<Record<string, string>>;
  /** The resolved configuration, as `/v1/agent/self` shows it under `DebugConfig`. */
  readonly debugConfig: Readonly<Record<string, unknown>>;
}

/** Everything but what only the caller can know. */
export const catalogApiDefaults: Omit<CatalogApiOptions, 'http' | 'nodeName' | 'nodeId'> = {
  datacenter: 'dc1',
  server: true,
  dev: false,
  version: '1.8.7',
  limits: {
    httpMaxConnsPerClient: 200,
    kvMaxValueSize: 524_288,
    txnMaxReqLen: 524_288,
    bodyBytesMax: 1_048_576,
    blockingQueriesMax: 50_000,
    answersMax: 8_192,
    answerBytesMax: 64 * 1_048_576,
  },
  defaultQueryTimeMs: 300_000,
  maxQueryTimeMs: 600_000,
  leaderHoldMs: 7_000,
  discoveryMaxStaleMs: 0,
  sessionTtlMinNs: 10e9,
  prometheusRetentionMs: 0,
  disableHttpUnprintableCharFilter: false,
  blockEndpoints: [],
  responseHeaders: {},
  debugConfig: {},
};

/** What only the process as a whole can do. */
export interface AgentControl extends ControlApi {
  /** Of the agent as a whole, for `/readyz`; without it the API counts as ready as soon as it answers. */
  readiness?(): Readiness;
}

export interface CatalogApiCollaborators {
  readonly state: StateApi;
  readonly view: View;
  readonly membership: MembershipApi;
  readonly agent: AgentApi;
  readonly logSource: LogSource;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly control: AgentControl;
}
