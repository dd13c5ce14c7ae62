import { sleep, type Clock, type Timer } from '@tribune/platform';
import { ApiError, type WatchEvent, type WatchOptions } from '@tribune/protocol';
import type { View } from '@tribune/state-store';
import type { WatchLimits } from '../options';
import { Subject, type OpenSource } from './subject';

interface Held {
  readonly subject: Subject<unknown, unknown>;
  watchers: number;
  idle: Timer | undefined;
}

/** Shares one {@link Subject} among all who watch the same thing, and keeps it a while for those who come back. */
export class SubjectRegistry {
  private readonly held = new Map<string, Held>();
  private watchers = 0;

  constructor(
    private readonly limits: WatchLimits,
    private readonly view: View,
    private readonly clock: Clock,
    /** Names this process's logs: a place in the log of another is none in ours. */
    private readonly history: string,
  ) {}

  /** Watches running now, and the different things they watch. */
  get counts(): { readonly watchers: number; readonly subjects: number } {
    return { watchers: this.watchers, subjects: this.held.size };
  }

  async *watch<Item, Key>(
    name: string,
    description: { readonly bytesOf: (item: Item) => number; readonly open: OpenSource<Item, Key> },
    options: WatchOptions,
    signal: AbortSignal,
  ): AsyncGenerator<WatchEvent<Item, Key>> {
    if (this.watchers >= this.limits.watchesMax) throw exhausted('too many watches on this server');
    const { history = this.history } = options;
    const fromRevision = history === this.history ? (options.fromRevision ?? 0) : 0;
    this.watchers++;
    try {
      await this.catchUp(fromRevision, signal);
      const held = this.take(name, description);
      held.watchers++;
      try {
        for await (const change of (held.subject as Subject<Item, Key>).watch(fromRevision, signal)) {
          yield { ...change, history: this.history };
        }
      } finally {
        held.watchers--;
        if (held.watchers === 0) this.retire(name, held);
      }
    } finally {
      this.watchers--;
    }
  }

  close(): void {
    for (const { subject, idle } of this.held.values()) {
      idle?.cancel();
      subject.close();
    }
    this.held.clear();
  }

  /** A client that came over from another server may know more than this one, for a moment. */
  private async catchUp(revision: number, signal: AbortSignal): Promise<void> {
    const reached = this.view.atLeast(revision);
    if (!reached) return;
    const late = new AbortController();
    const abort = (): void => late.abort();
    signal.addEventListener('abort', abort, { once: true });
    await Promise.race([reached, sleep(this.clock, this.limits.catchUpMs, late.signal)]);
    signal.removeEventListener('abort', abort);
    late.abort();
  }

  private take<Item, Key>(
    name: string,
    { bytesOf, open }: { readonly bytesOf: (item: Item) => number; readonly open: OpenSource<Item, Key> },
  ): Held {
    let held = this.held.get(name);
    if (!held) {
      if (this.held.size >= this.limits.subjectsMax) this.dropIdle();
      if (this.held.size >= this.limits.subjectsMax)
        throw exhausted('too many different things are watched on this server');
      const subject = new Subject(this.limits, () => this.view.revision, bytesOf, open);
      held = { subject: subject as unknown as Subject<unknown, unknown>, watchers: 0, idle: undefined };
      this.held.set(name, held);
    }
    held.idle?.cancel();
    held.idle = undefined;
    return held;
  }

  private retire(name: string, held: Held): void {
    held.idle = this.clock.setTimer(this.limits.idleMs, () => this.drop(name, held));
  }

  private dropIdle(): void {
    for (const [name, held] of this.held) if (held.watchers === 0) return this.drop(name, held);
  }

  private drop(name: string, held: Held): void {
    held.idle?.cancel();
    held.subject.close();
    if (this.held.get(name) === held) this.held.delete(name);
  }
}

const exhausted = (reason: string): ApiError => new ApiError({ code: 'RESOURCE_EXHAUSTED' }, reason);
