import { join } from 'node:path';
import type { Logger } from '@tribune/platform';
import type { CheckDefinition, ServiceDefinition } from '@tribune/protocol';
import { RecordFolder } from './record-folder';

export interface StoredService {
  readonly service: ServiceDefinition['service'];
  readonly token: string;
  readonly sidecarOf: string;
}

export interface StoredCheck {
  /** Undefined for maintenance. */
  readonly definition?: CheckDefinition;
  readonly name: string;
  readonly notes: string;
  readonly serviceId: string;
  readonly type: string;
}

/** What a TTL check was told last, and until when (wall clock, milliseconds) it holds. */
export interface StoredTtl {
  readonly status: string;
  readonly output: string;
  readonly expiresAtMs: number;
}

/** Where registrations by API survive a restart: `services/`, `checks/` and `checks/state/` under the data directory. */
export interface AgentStore {
  readonly services: RecordStore<StoredService>;
  readonly checks: RecordStore<StoredCheck>;
  readonly ttls: RecordStore<StoredTtl>;
}

export type RecordStore<T> = Pick<RecordFolder<T>, 'put' | 'remove' | 'load' | 'settled'>;

export function openAgentStore(dataDir: string | undefined, logger: Logger): AgentStore {
  if (dataDir === undefined) return { services: forgetful(), checks: forgetful(), ttls: forgetful() };
  return {
    services: new RecordFolder(join(dataDir, 'services'), logger),
    checks: new RecordFolder(join(dataDir, 'checks'), logger),
    ttls: new RecordFolder(join(dataDir, 'checks', 'state'), logger),
  };
}

/** `-dev`: nothing survives. */
function forgetful<T>(): RecordStore<T> {
  const nothing = (): Promise<void> => Promise.resolve();
  return { put: nothing, remove: nothing, settled: nothing, load: () => Promise.resolve(new Map<string, T>()) };
}
