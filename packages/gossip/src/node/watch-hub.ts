import { CodedError } from '@tribune/platform';

/** Events a slow watcher may lag behind; then its watch ends and it starts anew from a snapshot. */
const BACKLOG_MAX = 8192;

export class WatchError extends CodedError<{ code: 'GOSSIP_WATCH_LAGGED' } | { code: 'GOSSIP_STOPPED' }> {}

interface Watcher<Event> {
  readonly backlog: Event[];
  wake: () => void;
  end?: Error;
}

/** Hands every event to every watcher, in order, each at its own pace. */
export class WatchHub<Event> {
  private readonly watchers = new Set<Watcher<Event>>();

  get watcherCount(): number {
    return this.watchers.size;
  }

  publish(event: Event): void {
    for (const watcher of this.watchers) {
      if (watcher.backlog.length >= BACKLOG_MAX) {
        watcher.end ??= new WatchError({ code: 'GOSSIP_WATCH_LAGGED' }, 'the watcher fell too far behind');
      } else {
        watcher.backlog.push(event);
      }
      watcher.wake();
    }
  }

  /** Ends every watch: the service goes away. */
  close(): void {
    for (const watcher of this.watchers) {
      watcher.end ??= new WatchError({ code: 'GOSSIP_STOPPED' }, 'gossip has stopped');
      watcher.wake();
    }
  }

  /** `snapshot` is taken at the moment the watch begins, so that nothing is missed or seen twice. */
  async *watch(snapshot: () => readonly Event[], signal: AbortSignal): AsyncGenerator<Event> {
    const watcher: Watcher<Event> = { backlog: [...snapshot()], wake: () => undefined };
    this.watchers.add(watcher);
    // An aborted watch need not be iterated to its end.
    const wake = (): void => {
      this.watchers.delete(watcher);
      watcher.wake();
    };
    signal.addEventListener('abort', wake);
    try {
      while (!signal.aborted) {
        yield* watcher.backlog.splice(0);
        if (signal.aborted) return;
        if (watcher.end && watcher.backlog.length === 0) throw watcher.end;
        if (watcher.backlog.length === 0) await new Promise<void>((resolve) => (watcher.wake = resolve));
      }
    } finally {
      signal.removeEventListener('abort', wake);
      this.watchers.delete(watcher);
    }
  }
}
