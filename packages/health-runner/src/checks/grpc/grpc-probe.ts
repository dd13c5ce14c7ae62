import { openHealthProbe, type HealthProbeClient } from '@tribune/protocol';
import { critical, passing, type Probe } from '../probe';

export interface GrpcProbeOptions {
  /** `host:port`, or `host:port/service`. */
  readonly target: string;
  readonly useTls: boolean;
  readonly tlsServerName: string;
  readonly tlsSkipVerify: boolean;
  readonly timeoutMs: number;
}

/** Asks `grpc.health.v1.Health/Check`; only SERVING is passing. The channel is kept between runs. */
export function grpcProbe(options: GrpcProbeOptions): Probe {
  const { target, timeoutMs } = options;
  const [address, ...service] = target.split('/');
  let client: HealthProbeClient | undefined;
  return {
    async run() {
      client ??= openHealthProbe({ ...options, address: address! });
      const result = await client.check(service.join('/'), timeoutMs);
      if (result.kind === 'failed')
        return critical(`rpc error: code = ${result.code} desc = ${describe(result.details)}`);
      return result.serving
        ? passing(`gRPC check ${target}: success`)
        : critical("gRPC application didn't report service healthy");
    },
    close: () => client?.close(),
  };
}

/**
 * grpc-js tells of a failed connection with the time of its last attempt, so that no two texts are equal; each would be
 * written to the catalog. These are the texts of grpc-go, which stay the same.
 */
function describe(details: string): string {
  const unresolved = /^Name resolution failed for target dns:(.+):\d+/.exec(details);
  if (unresolved) return dialing(`dial tcp: lookup ${unresolved[1]}: no such host`);
  const refused = /connect ECONNREFUSED (\S+?)\.? /.exec(details);
  if (refused) return dialing(`dial tcp ${refused[1]}: connect: connection refused`);
  return details.startsWith('No connection established') ? 'connection closed' : details;
}

const dialing = (failure: string): string => `connection error: desc = "transport: Error while dialing ${failure}"`;
