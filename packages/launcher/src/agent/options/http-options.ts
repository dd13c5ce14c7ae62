import type { CatalogApiOptions } from '@tribune/catalog-api';
import type { AgentConfig } from '../../config/agent-config';
import type { AgentIdentity } from '../identity';
import { CONSUL_VERSION } from '../version';
import { debugConfigOf } from './debug-config';

const BODY_BYTES_MAX = 1_048_576;
const BLOCKING_QUERIES_MAX = 50_000;
const ANSWERS_MAX = 8_192;
const ANSWER_BYTES_MAX = 64 * 1_048_576;

export function httpOptionsOf(config: AgentConfig, { nodeId }: AgentIdentity): CatalogApiOptions {
  const { limits, httpConfig } = config;
  return {
    http: config.http,
    datacenter: config.datacenter,
    nodeName: config.nodeName,
    nodeId,
    server: config.mode === 'server',
    dev: config.isDev,
    version: CONSUL_VERSION,
    limits: {
      httpMaxConnsPerClient: limits.http_max_conns_per_client,
      kvMaxValueSize: limits.kv_max_value_size,
      txnMaxReqLen: limits.txn_max_req_len,
      bodyBytesMax: BODY_BYTES_MAX,
      blockingQueriesMax: BLOCKING_QUERIES_MAX,
      answersMax: ANSWERS_MAX,
      answerBytesMax: ANSWER_BYTES_MAX,
    },
    prometheusRetentionMs: config.prometheusRetentionMs,
    defaultQueryTimeMs: config.defaultQueryTimeMs,
    maxQueryTimeMs: config.maxQueryTimeMs,
    leaderHoldMs: config.rpcHoldTimeoutMs,
    discoveryMaxStaleMs: config.discoveryMaxStaleMs,
    sessionTtlMinNs: config.sessionTtlMinMs * 1e6,
    disableHttpUnprintableCharFilter: config.disableHttpUnprintableCharFilter,
    blockEndpoints: httpConfig.block_endpoints,
    responseHeaders: httpConfig.response_headers,
    debugConfig: debugConfigOf(config),
  };
}
