import { sleep } from '@tribune/platform';
import type { HttpClient } from '../../http/http-client';
import type { KvPair } from '../kv/key';
import { nextWaitMs, type Holding, type HoldingOptions } from './holding';
import { LockSession } from './lock-session';
import type { LockStore } from './lock-store';

/** Marks a key as a lock of this protocol (Consul's Go client, api/lock.go), so that nothing else is mistaken for one. */
const LOCK_FLAG = '3304740253564472344';
/** While a lock-delay is in force nothing wakes a blocking read; Consul's client looks again after this time. */
const DELAY_RETRY_MS = 5_000;

/** One holder at a time: the session that owns `<prefix>/.lock`. */
export class Mutex implements Holding {
  readonly setup: string;
  private readonly key: string;
  private session: LockSession | undefined;

  constructor(
    private readonly client: HttpClient,
    private readonly store: LockStore,
    private readonly options: HoldingOptions,
  ) {
    this.key = options.prefix === '' ? '.lock' : `${options.prefix}/.lock`;
    this.setup = `Setting up lock at path: ${this.key}`;
  }

  async acquire(signal: AbortSignal): Promise<boolean> {
    this.session = await LockSession.create(this.client, this.store.clock, this.options.name, 'release').catch(
      (error: Error) => {
        throw new Error(`failed to create session: ${error.message}`);
      },
    );
    let isHeld = false;
    try {
      isHeld = await this.contend(this.session.id, signal);
    } finally {
      if (!isHeld) await this.session.end();
    }
    return isHeld;
  }

  private async contend(session: string, signal: AbortSignal): Promise<boolean> {
    const { clock } = this.store;
    const startMs = clock.monotonicMs();
    let index: string | undefined;
    for (let attempt = 0; !signal.aborted; attempt++) {
      const waitMs = nextWaitMs(this.options.timeoutMs, clock.monotonicMs() - startMs, attempt === 0);
      if (waitMs === undefined) return false;
      const seen = await this.look(index, waitMs, signal);
      if (seen === undefined) return false;
      const holder = this.holderOf(seen.pairs);
      if (holder === session) return true;
      index = holder === '' ? undefined : seen.index;
      if (holder !== '') continue;
      if (await this.store.put(this.key, { acquire: session, flags: LOCK_FLAG })) return true;
      const after = await this.look(undefined, waitMs, signal);
      if (after && this.holderOf(after.pairs) === '') await sleep(clock, Math.min(DELAY_RETRY_MS, waitMs), signal);
    }
    return false;
  }

  private async look(index: string | undefined, waitMs: number, signal: AbortSignal) {
    try {
      return await this.store.read(this.key, { index, waitMs, signal });
    } catch (error) {
      if (signal.aborted) return undefined;
      throw new Error(`failed to read lock: ${(error as Error).message}`);
    }
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
