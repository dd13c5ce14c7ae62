import type { Topic } from '@tribune/protocol';
import { difference } from '../snapshot/difference';
import { TABLE_NAMES, type ReadTables, type Tables } from '../tables/tables';
import type { Delta, TableName } from './delta';
import type { View, WatchKey } from './view';
import { WaitIndex } from './wait-index';

type Listener = (revision: number, deltas: readonly Delta[]) => void;
interface RevisionWaiter {
  readonly revision: number;
  readonly resolve: () => void;
}

/** A view over tables of this thread that someone else keeps: the state machine, or a replica. Topics are all here. */
export class LiveView implements View {
  private readonly waiting = new WaitIndex();
  private readonly listeners = new Map<Listener, readonly TableName[]>();
  private behind: RevisionWaiter[] = [];
  private current: Tables;
  private reached = 0;

  constructor(tables: Tables) {
    this.current = tables;
  }

  get tables(): ReadTables {
    return this.current;
  }

  get revision(): number {
    return this.reached;
  }

  require(_topics: readonly Topic[]): Promise<void> | undefined {
    return undefined;
  }

  atLeast(revision: number): Promise<void> | undefined {
    if (revision <= this.reached) return undefined;
    return new Promise((resolve) => this.behind.push({ revision, resolve }));
  }

  park(keys: readonly WatchKey[], wake: () => void): () => void {
    return this.waiting.park(keys, wake);
  }

  follow(listener: Listener, tables: readonly TableName[] = TABLE_NAMES): () => void {
    this.listeners.set(listener, tables);
    return () => void this.listeners.delete(listener);
  }

  /** The tables now hold these deltas, which may be none. Caches hear of them before waiters run, so a waiter never reads a stale cache. */
  advance(revision: number, deltas: readonly Delta[]): void {
    this.reached = revision;
    for (const listener of this.listeners.keys()) listener(revision, deltas);
    if (deltas.length > 0) this.waiting.wake(this.current, deltas);
    this.release();
  }

  /** Other tables took the place of the old ones: followers get what changed, everybody who waits is woken. */
  replace(tables: Tables, revision: number): void {
    const before = this.current;
    this.current = tables;
    this.reached = revision;
    if (this.listeners.size > 0) {
      const deltas = [...difference(before, tables, new Set([...this.listeners.values()].flat()))];
      for (const listener of this.listeners.keys()) listener(revision, deltas);
    }
    this.waiting.wakeAll();
    this.release();
  }

  private release(): void {
    if (this.behind.length === 0) return;
    const ready = this.behind.filter((waiter) => waiter.revision <= this.reached);
    this.behind = this.behind.filter((waiter) => waiter.revision > this.reached);
    for (const waiter of ready) waiter.resolve();
  }
}
