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
      if (result.kind === 'failed') return critical(`rpc error: code = ${result.code} desc = ${result.details}`);
      return result.serving
        ? passing(`gRPC check ${target}: success`)
        : critical("gRPC application didn't report service healthy");
    },
    close: () => client?.close(),
  };
}
