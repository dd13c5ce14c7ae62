import {
  Server,
  ServerCredentials,
  status,
  type ServerUnaryCall,
  type ServiceError,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { CodedError, messageOf, type Logger, type Startable } from '@tribune/platform';
import { HealthService } from './health';
import { addReflection } from './reflection';
import { loadService, type ServiceName } from './load-service';

/** A failure with the gRPC status to answer. Anything else that is thrown becomes INTERNAL. */
export class RpcError extends CodedError<{ code: 'RPC_FAILED'; status: status }> {
  constructor(grpcStatus: status, message: string) {
    super({ code: 'RPC_FAILED', status: grpcStatus }, message);
  }
}

export interface GrpcServerOptions {
  /** `host:port`; port 0 lets the system choose, see {@link GrpcServer.port}. */
  readonly address: string;
  /** Bytes of one message that is received. @default 4 MiB */
  readonly messageBytesMax?: number;
  readonly credentials?: ServerCredentials;
  /** Server reflection, for `grpcurl`. @default true */
  readonly reflection?: boolean;
}

/** One listener; the only place where a grpc-js server is configured. Serves grpc.health.v1 and reflection besides. */
export class GrpcServer implements Startable {
  readonly health = new HealthService();
  private readonly server: Server;
  private readonly names: ServiceName[] = [];
  private bound = 0;

  constructor(
    private readonly options: GrpcServerOptions,
    private readonly logger: Logger,
  ) {
    this.server = new Server({
      'grpc.max_receive_message_length': options.messageBytesMax ?? 4 << 20,
      'grpc.max_send_message_length': -1,
      'grpc.max_concurrent_streams': 10_000,
      'grpc.keepalive_time_ms': 30_000,
      'grpc.keepalive_timeout_ms': 20_000,
    });
    this.add('grpc.health.v1.Health', this.health.implementation());
  }

  /** The port that was bound; 0 before `start`. */
  get port(): number {
    return this.bound;
  }

  /** Registers a service; call before `start`. */
  add(name: ServiceName, implementation: UntypedServiceImplementation): this {
    this.server.addService(loadService(name).definition, implementation);
    this.names.push(name);
    this.health.set(name, 'SERVING');
    return this;
  }

  async start(): Promise<void> {
    if (this.bound) return;
    if (this.options.reflection ?? true) addReflection(this.server, this.names);
    const credentials = this.options.credentials ?? ServerCredentials.createInsecure();
    this.bound = await new Promise<number>((resolve, reject) =>
      this.server.bindAsync(this.options.address, credentials, (error, port) =>
        error ? reject(error) : resolve(port),
      ),
    );
    this.logger.info('gRPC listens', { address: this.options.address, port: this.bound });
  }

  /** Gives open calls 500 ms to end, then cuts them. */
  async stop(): Promise<void> {
    this.health.shutdown();
    await new Promise<void>((resolve) => {
      const cut = setTimeout(() => this.server.forceShutdown(), 500);
      this.server.tryShutdown(() => {
        clearTimeout(cut);
        resolve();
      });
    });
    this.bound = 0;
  }
}

/** Adapts an async function to a unary handler; thrown values become statuses. */
export function unary<Request, Response>(
  handle: (request: Request, call: ServerUnaryCall<Request, Response>) => Response | Promise<Response>,
): (
  call: ServerUnaryCall<Request, Response>,
  callback: (error: Partial<ServiceError> | null, value?: Response) => void,
) => void {
  return (call, callback) => {
    Promise.resolve()
      .then(() => handle(call.request, call))
      .then(
        (response) => callback(null, response),
        (thrown: unknown) => callback(toServiceError(thrown)),
      );
  };
}

/** The status and text that go on the wire for anything thrown. */
export function toServiceError(thrown: unknown): Partial<ServiceError> {
  const code = thrown instanceof RpcError ? thrown.detail.status : status.INTERNAL;
  return { code, details: messageOf(thrown), message: messageOf(thrown) };
}
