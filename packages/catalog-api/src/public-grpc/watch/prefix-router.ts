import type { KvEntry } from '@tribune/protocol';
import { kvList, type Delta, type View } from '@tribune/state-store';
import type { Change } from './change-log';
import { holdTopic } from './held-topic';
import type { OpenSource } from './subject';

type Publish = (change: Change<KvEntry, string>) => void;

/**
 * Watched KV prefixes. One follower for all of them: a changed key is looked up under each length that some watched
 * prefix has, so that the number of prefixes does not matter.
 */
export class PrefixRouter {
  private readonly publishers = new Map<string, Publish>();
  private readonly lengths = new Map<number, number>();
  private unfollow: (() => void) | undefined;

  constructor(private readonly view: View) {}

  source(prefix: string): OpenSource<KvEntry, string> {
    return (publish) => {
      this.add(prefix, publish);
      const release = holdTopic(this.view, [prefix === '' ? 'kv' : `kv-prefix/${prefix}`]);
      return {
        snapshot: () => kvList(this.view.tables, prefix).value,
        settle: () => undefined,
        close: () => {
          release();
          this.remove(prefix);
        },
      };
    };
  }

  private add(prefix: string, publish: Publish): void {
    this.publishers.set(prefix, publish);
    this.lengths.set(prefix.length, (this.lengths.get(prefix.length) ?? 0) + 1);
    this.unfollow ??= this.view.follow((revision, deltas) => this.route(revision, deltas), ['kv']);
  }

  private remove(prefix: string): void {
    if (!this.publishers.delete(prefix)) return;
    const left = this.lengths.get(prefix.length)! - 1;
    if (left > 0) this.lengths.set(prefix.length, left);
    else this.lengths.delete(prefix.length);
    if (this.publishers.size > 0) return;
    this.unfollow?.();
    this.unfollow = undefined;
  }

  private route(revision: number, deltas: readonly Delta[]): void {
    const touched = new Map<string, Set<string>>();
    for (const delta of deltas) {
      if (delta.table !== 'kv') continue;
      const { key } = delta.row;
      for (const length of this.lengths.keys()) {
        const prefix = key.slice(0, length);
        if (length > key.length || !this.publishers.has(prefix)) continue;
        touched.set(prefix, (touched.get(prefix) ?? new Set()).add(key));
      }
    }
    for (const [prefix, keys] of touched) this.publishers.get(prefix)!(this.changeOf(revision, keys));
  }

  /** As the batch left it: a key written and deleted in one batch is just gone. */
  private changeOf(revision: number, keys: ReadonlySet<string>): Change<KvEntry, string> {
    const upserts: KvEntry[] = [];
    const removals: string[] = [];
    for (const key of keys) {
      const entry = this.view.tables.kv.get(key);
      if (entry) upserts.push(entry);
      else removals.push(key);
    }
    return { revision, upserts, removals };
  }
}
