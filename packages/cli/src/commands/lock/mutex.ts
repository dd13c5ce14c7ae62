import { sleep } from '@tribune/platform';
import type { HttpClient } from '../../http/http-client';
import type { KvPair } from '../kv/key';
import { Contender, type Attempt } from './contender';
import type { HoldingOptions } from './holding';
import type { LockStore, Snapshot } from './lock-store';

/** Marks a key as a lock of this protocol (Consul's Go client, api/lock.go), so that nothing else is mistaken for one. */
const LOCK_FLAG = '3304740253564472344';
/** While a lock-delay is in force nothing wakes a blocking read; Consul's client looks again after this time. */
const DELAY_RETRY_MS = 5_000;

/** One holder at a time: the session that owns `<prefix>/.lock`. */
export class Mutex extends Contender {
  readonly setup: string;
  private readonly key: string;

  constructor(client: HttpClient, store: LockStore, options: HoldingOptions) {
    super(client, store, options, 'release');
    this.key = options.prefix === '' ? '.lock' : `${options.prefix}/.lock`;
    this.setup = `Setting up lock at path: ${this.key}`;
  }

  protected async enter(): Promise<void> {
    return undefined;
  }

  protected async read(index: string | undefined, waitMs: number, signal: AbortSignal): Promise<Snapshot> {
    return this.store.read(this.key, { index, waitMs, signal }).catch((error: Error) => {
      throw new Error(`failed to read lock: ${error.message}`);
    });
  }

  protected async attempt(session: string, seen: Snapshot, waitMs: number, signal: AbortSignal): Promise<Attempt> {
    const holder = this.holderOf(seen.pairs);
    if (holder !== '') return holder === session ? 'held' : 'wait';
    if (await this.store.put(this.key, { acquire: session, flags: LOCK_FLAG })) return 'held';
    const after = await this.look(undefined, waitMs, signal);
    const isDelayed = after && this.holderOf(after.pairs) === '';
    if (isDelayed) await sleep(this.store.clock, Math.min(DELAY_RETRY_MS, waitMs), signal);
    return 'again';
  }

  private holderOf([pair]: readonly KvPair[]): string {
    if (pair && String(pair.Flags) !== LOCK_FLAG) throw new Error('Existing key does not match lock use');
    return pair?.Session ?? '';
  }

  untilLost(signal: AbortSignal): Promise<void> {
    const id = this.session?.id;
    const isHeld = ([pair]: readonly KvPair[]): boolean => pair?.Session === id;
    return this.store.untilLost(this.key, isHeld, { recurse: false, retries: this.options.monitorRetries, signal });
  }

  async release(): Promise<void> {
    const { session } = this;
    if (!session) return;
    await this.store.put(this.key, { release: session.id, flags: LOCK_FLAG });
    await session.end();
  }

  async cleanUp(): Promise<'removed' | 'inUse'> {
    const { pairs } = await this.store.read(this.key, { signal: new AbortController().signal });
    const [pair] = pairs;
    if (!pair) return 'removed';
    if (this.holderOf(pairs) !== '') return 'inUse';
    return (await this.store.delete(this.key, { cas: String(pair.ModifyIndex) })) ? 'removed' : 'inUse';
  }
}
