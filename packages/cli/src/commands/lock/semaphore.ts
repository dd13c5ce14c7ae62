import type { HttpClient } from '../../http/http-client';
import { printJson } from '../../json/exact-json';
import { valueOf, type KvPair } from '../kv/key';
import { Contender, type Attempt } from './contender';
import type { HoldingOptions } from './holding';
import type { LockStore, Snapshot } from './lock-store';

/** Marks the keys of a semaphore (Consul's Go client, api/semaphore.go). */
const SEMAPHORE_FLAG = '16210313421097356768';
const NEVER = new AbortController().signal;

/** The record at `<prefix>/.lock` that all contenders change by compare-and-set. */
interface Roll {
  readonly limit: number;
  readonly holders: ReadonlySet<string>;
  readonly modifyIndex: number;
}

/** Up to `limit` holders: each has a contender key owned by its session, and its id on the roll. */
export class Semaphore extends Contender {
  readonly setup: string;
  private readonly rollKey: string;

  constructor(
    client: HttpClient,
    store: LockStore,
    options: HoldingOptions,
    private readonly limit: number,
  ) {
    // With behavior `delete` the contender key goes with the session.
    super(client, store, options, 'delete');
    this.rollKey = `${options.prefix}/.lock`;
    this.setup = `Setting up semaphore (limit ${limit}) at prefix: ${options.prefix}`;
  }

  protected async enter(session: string): Promise<void> {
    if (!(await this.store.put(this.contenderKey(), { acquire: session, flags: SEMAPHORE_FLAG })))
      throw new Error('failed to make contender entry');
  }

  protected async read(index: string | undefined, waitMs: number, signal: AbortSignal): Promise<Snapshot> {
    return this.store.read(this.prefix(), { recurse: true, index, waitMs, signal }).catch((error: Error) => {
      throw new Error(`failed to read prefix: ${error.message}`);
    });
  }

  protected async attempt(session: string, { pairs }: Snapshot): Promise<Attempt> {
    const roll = this.alive(pairs);
    if (roll.limit !== this.limit)
      throw new Error(`semaphore limit conflict (lock: ${roll.limit}, local: ${this.limit})`);
    if (roll.holders.size >= roll.limit) return 'wait';
    return (await this.write(roll, [...roll.holders, session])) ? 'held' : 'again';
  }

  /** The roll without holders whose contender key has lost its session. */
  private alive(pairs: readonly KvPair[]): Roll {
    const pair = pairs.find((one) => one.Key === this.rollKey);
    if (!pair) return { limit: this.limit, holders: new Set(), modifyIndex: 0 };
    if (String(pair.Flags) !== SEMAPHORE_FLAG) throw new Error('Existing key does not match semaphore use');
    const { Limit, Holders } = decode(pair);
    const sessions = new Set(pairs.filter((one) => one !== pair).map((one) => one.Session ?? ''));
    const holders = new Set(Object.keys(Holders).filter((id) => sessions.has(id)));
    return { limit: Limit, holders, modifyIndex: pair.ModifyIndex };
  }

  private write(roll: Roll, holders: readonly string[]): Promise<boolean> {
    const value = { Limit: roll.limit, Holders: Object.fromEntries(holders.map((id) => [id, true])) };
    return this.store.put(this.rollKey, { cas: String(roll.modifyIndex), flags: SEMAPHORE_FLAG }, printJson(value));
  }

  untilLost(signal: AbortSignal): Promise<void> {
    const id = this.session?.id ?? '';
    const isHeld = (pairs: readonly KvPair[]): boolean => this.alive(pairs).holders.has(id);
    return this.store.untilLost(this.prefix(), isHeld, { recurse: true, retries: this.options.monitorRetries, signal });
  }

  async release(): Promise<void> {
    const { session } = this;
    if (!session) return;
    for (;;) {
      const { pairs } = await this.store.read(this.prefix(), { recurse: true, signal: NEVER });
      const roll = this.alive(pairs);
      if (!roll.holders.has(session.id)) break;
      if (
        await this.write(
          roll,
          [...roll.holders].filter((id) => id !== session.id),
        )
      )
        break;
    }
    await this.store.delete(this.contenderKey());
    await session.end();
  }

  async cleanUp(): Promise<'removed' | 'inUse'> {
    const { pairs } = await this.store.read(this.prefix(), { recurse: true, signal: NEVER });
    const roll = this.alive(pairs);
    if (roll.modifyIndex === 0) return 'removed';
    if (roll.holders.size > 0) return 'inUse';
    return (await this.store.delete(this.rollKey, { cas: String(roll.modifyIndex) })) ? 'removed' : 'inUse';
  }

  private prefix(): string {
    return `${this.options.prefix}/`;
  }

  private contenderKey(): string {
    return `${this.options.prefix}/${this.session?.id ?? ''}`;
  }
}

interface RollJson {
  readonly Limit: number;
  readonly Holders: Readonly<Record<string, boolean>>;
}

function decode(pair: KvPair): RollJson {
  try {
    const { Limit, Holders } = JSON.parse(valueOf(pair).toString()) as RollJson;
    return { Limit, Holders: Holders ?? {} };
  } catch (error) {
    throw new Error(`lock decoding failed: ${(error as Error).message}`);
  }
}
