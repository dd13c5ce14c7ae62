import {
  status,
  type ServerUnaryCall,
  type ServerWritableStream,
  type UntypedServiceImplementation,
  type sendUnaryData,
} from '@grpc/grpc-js';

export type ServingStatus = 'SERVING' | 'NOT_SERVING' | 'SERVICE_UNKNOWN';
interface Request {
  service: string;
}
interface Response {
  status: ServingStatus;
}
type Watcher = ServerWritableStream<Request, Response>;

/** grpc.health.v1: '' stands for the whole server. Unknown names are NOT_FOUND in Check, SERVICE_UNKNOWN in Watch. */
export class HealthService {
  private readonly statuses = new Map<string, ServingStatus>([['', 'SERVING']]);
  private readonly watchers = new Map<string, Set<Watcher>>();

  set(service: string, serving: ServingStatus): void {
    if (this.statuses.get(service) === serving) return;
    this.statuses.set(service, serving);
    for (const watcher of this.watchers.get(service) ?? []) watcher.write({ status: serving });
  }

  /** All NOT_SERVING, and the watch streams end: a graceful shutdown must not wait for them. */
  shutdown(): void {
    for (const service of this.statuses.keys()) this.set(service, 'NOT_SERVING');
    for (const set of this.watchers.values()) for (const watcher of set) watcher.end();
    this.watchers.clear();
  }

  implementation(): UntypedServiceImplementation {
    return {
      check: (call: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>) => {
        const serving = this.statuses.get(call.request.service);
        if (serving) callback(null, { status: serving });
        else callback({ code: status.NOT_FOUND, details: `unknown service ${call.request.service}` });
      },
      watch: (call: Watcher) => {
        const { service } = call.request;
        const watchers = this.watchers.get(service) ?? new Set();
        this.watchers.set(service, watchers.add(call));
        call.write({ status: this.statuses.get(service) ?? 'SERVICE_UNKNOWN' });
        call.on('cancelled', () => {
          watchers.delete(call);
          if (watchers.size === 0) this.watchers.delete(service);
        });
      },
    };
  }
}
