import {
  Client,
  credentials as grpcCredentials,
  Metadata,
  status,
  type ChannelCredentials,
  type ChannelOptions,
  type ServiceError,
} from '@grpc/grpc-js';
import { loadService, type ServiceName } from './load-service';

export interface ChannelSettings {
  /** `host:port` of the peer. */
  readonly address: string;
  readonly credentials?: ChannelCredentials;
  /** A peer with calls open is asked every `timeMs` whether it lives; without an answer in `timeoutMs` it is left. */
  readonly keepalive?: { readonly timeMs: number; readonly timeoutMs: number };
}

/** Reconnects within a second (gRPC's default back-off of up to two minutes is far too slow for a control plane). */
const CHANNEL_OPTIONS: ChannelOptions = {
  'grpc.initial_reconnect_backoff_ms': 50,
  'grpc.min_reconnect_backoff_ms': 50,
  'grpc.max_reconnect_backoff_ms': 1000,
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 20_000,
  'grpc.max_receive_message_length': -1,
  'grpc.max_send_message_length': -1,
  'grpc.use_local_subchannel_pool': 1,
};

/** A client stub of one service; the only place where grpc-js channels are configured. Close it with `client.close()`. */
export function openClient<Stub extends Client>(name: ServiceName, settings: ChannelSettings): Stub {
  const { address, credentials, keepalive } = settings;
  const Constructor = loadService(name).client;
  const options: ChannelOptions = keepalive
    ? {
        ...CHANNEL_OPTIONS,
        'grpc.keepalive_time_ms': keepalive.timeMs,
        'grpc.keepalive_timeout_ms': keepalive.timeoutMs,
      }
    : CHANNEL_OPTIONS;
  return new Constructor(address, credentials ?? grpcCredentials.createInsecure(), options) as unknown as Stub;
}

type UnaryMethod<Request, Response> = (
  request: Request,
  metadata: Metadata,
  options: { deadline: number },
  callback: (error: ServiceError | null, response?: Response) => void,
) => unknown;

/** Calls a unary method of a stub as a promise. Rejects with grpc-js' ServiceError. */
export function callUnary<Request, Response>(
  client: Client,
  method: string,
  request: Request,
  timeoutMs = 10_000,
  metadata = new Metadata(),
): Promise<Response> {
  const call = (client as unknown as Record<string, UnaryMethod<Request, Response>>)[method]!.bind(client);
  return new Promise((resolve, reject) =>
    call(request, metadata, { deadline: Date.now() + timeoutMs }, (error, response) =>
      error ? reject(error) : resolve(response!),
    ),
  );
}

/** True for failures of the way to the peer, not of the peer's answer. */
export function isUnavailable(thrown: unknown): boolean {
  return (thrown as ServiceError | undefined)?.code === status.UNAVAILABLE;
}
