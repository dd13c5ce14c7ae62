import type { CheckDefinition } from '@tribune/protocol';
import { OUTPUT_BYTES_MAX } from '../core/output';
import { dockerProbe } from './docker/docker-probe';
import { grpcProbe } from './grpc/grpc-probe';
import { h2pingProbe } from './h2ping/h2ping-probe';
import { httpProbe } from './http/http-probe';
import { timeoutMsOf, type Probe } from './probe';
import { SCRIPT_TIMEOUT_MS, scriptProbe } from './script/script-probe';
import { tcpProbe } from './tcp/tcp-probe';
import { udpProbe } from './udp/udp-probe';

/** The kinds a check can have; also the `Type` that Consul shows. */
export type CheckKind =
  'http' | 'tcp' | 'udp' | 'grpc' | 'h2ping' | 'script' | 'docker' | 'os_service' | 'ttl' | 'alias';

/** Consul's order of precedence where a definition names several. */
export function kindOf(check: CheckDefinition): CheckKind {
  if (check.ttlNs > 0) return 'ttl';
  if (check.http !== '') return 'http';
  if (check.tcp !== '') return 'tcp';
  if (check.udp !== '') return 'udp';
  if (check.grpc !== '') return 'grpc';
  if (check.h2ping !== '') return 'h2ping';
  if (check.osService !== '') return 'os_service';
  if (check.dockerContainerId !== '') return 'docker';
  if (check.args.length > 0) return 'script';
  return 'alias';
}

export interface ProbeLimits {
  /** The agent's `check_output_max_size`; a check may ask for less. */
  readonly outputBytesMax: number;
  readonly dockerHost: string;
}

export const outputBytesMaxOf = (check: CheckDefinition, agentMax = OUTPUT_BYTES_MAX): number =>
  check.outputMaxSize > 0 ? Math.min(check.outputMaxSize, agentMax) : agentMax;

/** The prober of a definition that is run at intervals; undefined for those that are not (`ttl`, `alias`). */
export function probeOf(check: CheckDefinition, limits: ProbeLimits): Probe | undefined {
  const timeoutMs = timeoutMsOf(check.timeoutNs);
  const outputBytesMax = outputBytesMaxOf(check, limits.outputBytesMax);
  const tls = { tlsServerName: check.tlsServerName, tlsSkipVerify: check.tlsSkipVerify };
  switch (kindOf(check)) {
    case 'http':
      return httpProbe({ ...check, url: check.http, timeoutMs, outputBytesMax });
    case 'tcp':
      return tcpProbe({ target: check.tcp, timeoutMs });
    case 'udp':
      return udpProbe({ target: check.udp, timeoutMs });
    case 'grpc':
      return grpcProbe({ ...tls, target: check.grpc, useTls: check.grpcUseTls, timeoutMs });
    case 'h2ping':
      return h2pingProbe({ ...tls, target: check.h2ping, useTls: check.h2pingUseTls, timeoutMs });
    case 'script':
      return scriptProbe({
        args: check.args,
        timeoutMs: timeoutMsOf(check.timeoutNs, SCRIPT_TIMEOUT_MS),
        outputBytesMax,
      });
    case 'docker': {
      const { dockerHost } = limits;
      return dockerProbe({
        container: check.dockerContainerId,
        args: dockerArgs(check),
        dockerHost,
        timeoutMs,
        outputBytesMax,
      });
    }
    case 'os_service':
    case 'ttl':
    case 'alias':
      return undefined;
  }
}

/** `shell` turns the arguments into one command line for it. */
const dockerArgs = ({ shell, args }: CheckDefinition): readonly string[] =>
  shell === '' ? args : [shell, '-c', args.join(' ')];
