import type { WatchChange } from '@tribune/protocol';
import { ChangeLog, type Change } from './change-log';

/** Where the changes of a subject come from. */
export interface ChangeSource<Item> {
  /** The whole of it now. */
  snapshot(): readonly Item[];
  /** Finds changes that are due but not yet published, so that a snapshot and the log agree. */
  settle(): void;
  close(): void;
}

export type OpenSource<Item, Key> = (publish: (change: Change<Item, Key>) => void) => ChangeSource<Item>;

/**
 * One watched thing, however many watch it. It keeps one bounded log; a watcher is only a place in that log, so a slow
 * one costs nothing and, when the log has moved past its place, goes on from a snapshot.
 */
export class Subject<Item, Key> {
  private readonly log: ChangeLog<Item, Key>;
  private readonly source: ChangeSource<Item>;
  private sleeping: (() => void)[] = [];

  constructor(
    bounds: { readonly deltasMax: number; readonly deltaBytesMax: number },
    private readonly revision: () => number,
    bytesOf: (item: Item) => number,
    open: OpenSource<Item, Key>,
  ) {
    this.log = new ChangeLog(bounds, bytesOf, revision());
    this.source = open((change) => this.publish(change));
  }

  close(): void {
    this.source.close();
  }

  /**
   * The first event at once (empty when nothing was missed), then each change. `fromRevision` 0: a snapshot first.
   * Pull by pull: nothing is queued for the caller.
   */
  async *watch(fromRevision: number, signal: AbortSignal): AsyncGenerator<WatchChange<Item, Key>> {
    let seen = fromRevision;
    let isFirst = true;
    while (!signal.aborted) {
      const missed = seen === 0 && isFirst ? undefined : this.missedSince(seen);
      if (!missed) {
        const snapshot = this.snapshot();
        yield snapshot;
        seen = snapshot.revision;
      } else if (missed.length > 0) {
        for (const change of missed) {
          yield { kind: 'delta', ...change };
          seen = change.revision;
          if (signal.aborted) return;
        }
      } else if (isFirst) {
        seen = this.revision();
        yield { kind: 'delta', revision: seen, upserts: [], removals: [] };
      } else {
        await this.nextChange(signal);
      }
      isFirst = false;
    }
  }

  /** Undefined: no longer to be told. A place ahead of us (of another cluster, or before a restore) is no place either. */
  private missedSince(seen: number): readonly Change<Item, Key>[] | undefined {
    this.source.settle();
    return seen > this.revision() ? undefined : this.log.since(seen);
  }

  private snapshot(): WatchChange<Item, Key> {
    this.source.settle();
    return { kind: 'snapshot', revision: this.revision(), items: this.source.snapshot() };
  }

  private publish(change: Change<Item, Key>): void {
    this.log.append(change);
    const woken = this.sleeping;
    this.sleeping = [];
    for (const wake of woken) wake();
  }

  private nextChange(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        signal.removeEventListener('abort', abort);
        resolve();
      };
      const abort = (): void => {
        this.sleeping = this.sleeping.filter((other) => other !== wake);
        resolve();
      };
      signal.addEventListener('abort', abort, { once: true });
      this.sleeping.push(wake);
    });
  }
}
