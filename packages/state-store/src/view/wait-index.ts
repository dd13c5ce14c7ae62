import type { HealthCheck, ServiceInstance } from '@tribune/protocol';
import { connectTarget } from '../tables/services';
import type { Delta } from './delta';
import type { WatchKey } from './view';
import type { ReadTables } from '../tables/tables';

/** One request that waits. It may stand under several keys and is called once. */
interface Waiter {
  readonly keys: readonly WatchKey[];
  readonly wake: () => void;
}

/**
 * Who waits on which rows. A delta names the keys that it changes, and their waiters are called, each once, after the
 * whole batch is in the tables. With nobody waiting a delta costs one comparison; for `kv-prefix/`, only the prefix
 * lengths that somebody waits on are looked up, so a thousand watched prefixes of three lengths cost three look-ups.
 */
export class WaitIndex {
  private readonly waiters = new Map<WatchKey, Set<Waiter>>();
  /** Prefix length → how many keys of `kv-prefix/` with that length are waited on. */
  private readonly prefixLengths = new Map<number, number>();

  get size(): number {
    return this.waiters.size;
  }

  park(keys: readonly WatchKey[], wake: () => void): () => void {
    const waiter: Waiter = { keys, wake };
    for (const key of keys) this.add(key, waiter);
    return () => this.cancel(waiter);
  }

  /** Wakes whoever waits on a row that these deltas changed. `tables` already contains them. */
  wake(tables: ReadTables, deltas: readonly Delta[]): void {
    if (this.waiters.size === 0) return;
    const woken = new Set<Waiter>();
    for (const delta of deltas) this.collect(tables, delta, woken);
    this.call(woken);
  }

  /** Everything may have changed: a snapshot was restored. */
  wakeAll(): void {
    const woken = new Set<Waiter>();
    for (const waiters of this.waiters.values()) for (const waiter of waiters) woken.add(waiter);
    this.call(woken);
  }

  private add(key: WatchKey, waiter: Waiter): void {
    const waiters = this.waiters.get(key);
    if (waiters) return void waiters.add(waiter);
    this.waiters.set(key, new Set([waiter]));
    const length = prefixLength(key);
    if (length >= 0) this.prefixLengths.set(length, (this.prefixLengths.get(length) ?? 0) + 1);
  }

  private cancel(waiter: Waiter): void {
    for (const key of waiter.keys) {
      const waiters = this.waiters.get(key);
      if (!waiters?.delete(waiter) || waiters.size > 0) continue;
      this.waiters.delete(key);
      this.dropLength(prefixLength(key));
    }
  }

  private dropLength(length: number): void {
    const count = this.prefixLengths.get(length);
    if (count === undefined) return;
    if (count === 1) this.prefixLengths.delete(length);
    else this.prefixLengths.set(length, count - 1);
  }

  private collect(tables: ReadTables, delta: Delta, woken: Set<Waiter>): void {
    const touch = (key: WatchKey): void => {
      const waiters = this.waiters.get(key);
      if (waiters) for (const waiter of waiters) woken.add(waiter);
    };
    if (delta.table === 'kv') this.touchKv(delta.row.key, touch);
    else touchCatalog(tables, delta, touch);
  }

  private touchKv(key: string, touch: (key: WatchKey) => void): void {
    touch('kv');
    touch(`kv/${key}`);
    for (const length of this.prefixLengths.keys()) {
      if (length <= key.length) touch(KV_PREFIX + key.slice(0, length));
    }
  }

  private call(woken: Set<Waiter>): void {
    for (const waiter of woken) this.cancel(waiter);
    for (const waiter of woken) waiter.wake();
  }
}

const KV_PREFIX = 'kv-prefix/';

function prefixLength(key: WatchKey): number {
  return key.startsWith(KV_PREFIX) ? key.length - KV_PREFIX.length : -1;
}

function touchCatalog(tables: ReadTables, delta: Delta, touch: (key: WatchKey) => void): void {
  switch (delta.table) {
    case 'nodes':
      touch('nodes');
      return touchNode(tables, delta.row.node, touch);
    case 'services':
      touch('services');
      touch(`node/${delta.row.node.toLowerCase()}`);
      touchService(delta.row, touch);
      if (delta.op === 'put' && delta.before) touchService(delta.before, touch);
      return;
    case 'checks':
      touch('checks');
      touchCheck(tables, delta.row, touch);
      if (delta.op === 'put' && delta.before) touchCheck(tables, delta.before, touch);
      return;
    case 'sessions':
      touch('sessions');
      touch(`session/${delta.row.id.toLowerCase()}`);
      return touch(`node-sessions/${delta.row.node.toLowerCase()}`);
    case 'coordinates':
    case 'settings':
      return touch(delta.table);
    case 'kv':
    case 'tombstones':
    case 'lockDelays':
    case 'indexes':
      return;
  }
}

/** A node's own row or checks decide about every instance on it. */
function touchNode(tables: ReadTables, node: string, touch: (key: WatchKey) => void): void {
  touch(`node/${node.toLowerCase()}`);
  for (const instance of tables.services.onNode(node)) touchService(instance, touch);
}

function touchService(instance: ServiceInstance, touch: (key: WatchKey) => void): void {
  touch(`service/${instance.service.toLowerCase()}`);
  const target = connectTarget(instance);
  if (target !== undefined) touch(`connect/${target.toLowerCase()}`);
}

function touchCheck(tables: ReadTables, check: HealthCheck, touch: (key: WatchKey) => void): void {
  // A check may name a service that it is not tied to; queries by service find it all the same.
  touch(`service/${check.serviceName.toLowerCase()}`);
  if (check.serviceId === '') return touchNode(tables, check.node, touch);
  touch(`node/${check.node.toLowerCase()}`);
  const instance = tables.services.get(check.node, check.serviceId);
  if (instance) touchService(instance, touch);
}
