import { formatGoDuration } from '@tribune/platform';
import { sortedMap } from '../json/go-json';
import type { CatalogApiOptions } from '../options';

/** Members whose texts are nobody's business, at any depth; Consul prints the same word for them. */
const SECRET = /(token|secret|password|encrypt|encryptkey|key|keyfile|credentials)$/i;
const HIDDEN = 'hidden';

/** `DebugConfig` of `/v1/agent/self`: what clients look up there under Consul's names, and the agent's own configuration. */
export function debugConfigJson(options: CatalogApiOptions): Record<string, unknown> | null {
  const duration = (ms: number): string => formatGoDuration(ms * 1e6);
  const known = {
    ACLsEnabled: false,
    ConnectEnabled: false,
    Datacenter: options.datacenter,
    DefaultQueryTime: duration(options.defaultQueryTimeMs),
    DevMode: options.dev,
    // Profiles of a Go runtime, which `consul debug` asks for, do not exist here.
    EnableDebug: false,
    DiscoveryMaxStale: duration(options.discoveryMaxStaleMs),
    HTTPMaxConnsPerClient: options.limits.httpMaxConnsPerClient,
    KVMaxValueSize: options.limits.kvMaxValueSize,
    MaxQueryTime: duration(options.maxQueryTimeMs),
    NodeID: options.nodeId,
    NodeName: options.nodeName,
    PrimaryDatacenter: options.datacenter,
    Revision: '',
    ServerMode: options.server,
    SessionTTLMin: formatGoDuration(options.sessionTtlMinNs),
    TxnMaxReqLen: options.limits.txnMaxReqLen,
    Version: options.version,
  };
  return sortedMap({ ...known, ...(redacted(options.debugConfig) as Record<string, unknown>) });
}

function redacted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(redacted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      typeof member === 'string' && SECRET.test(name) ? HIDDEN : redacted(member),
    ]),
  );
}
