import type { HttpClient } from '../../http/http-client';
import { nextWaitMs, type Holding, type HoldingOptions } from './holding';
import { LockSession } from './lock-session';
import type { LockStore, Snapshot } from './lock-store';

/** What became of one attempt. `wait`: others hold it, until what was seen changes. `again`: look again at once. */
export type Attempt = 'held' | 'wait' | 'again';

/** What locks and semaphores have in common: a session, and one look after the other until the time is up. */
export abstract class Contender implements Holding {
  abstract readonly setup: string;
  protected session: LockSession | undefined;

  constructor(
    private readonly client: HttpClient,
    protected readonly store: LockStore,
    protected readonly options: HoldingOptions,
    /** What the end of the session does to the keys it holds. */
    private readonly behavior: 'release' | 'delete',
  ) {}

  abstract untilLost(signal: AbortSignal): Promise<void>;
  abstract release(): Promise<void>;
  abstract cleanUp(): Promise<'removed' | 'inUse'>;
  /** Once, before the first look. */
  protected abstract enter(session: string): Promise<void>;
  /** Reads the lock's keys; blocks up to `waitMs` when an index is given. Throws what went wrong, with its own words. */
  protected abstract read(index: string | undefined, waitMs: number, signal: AbortSignal): Promise<Snapshot>;
  protected abstract attempt(session: string, seen: Snapshot, waitMs: number, signal: AbortSignal): Promise<Attempt>;

  async acquire(signal: AbortSignal): Promise<boolean> {
    const { name } = this.options;
    this.session = await LockSession.create(this.client, this.store.clock, name, this.behavior).catch(
      (error: Error) => {
        throw new Error(`failed to create session: ${error.message}`);
      },
    );
    let isHeld = false;
    try {
      await this.enter(this.session.id);
      isHeld = await this.contend(this.session.id, signal);
    } finally {
      if (!isHeld) await this.session.end();
    }
    return isHeld;
  }

  /** Undefined once the signal has come. */
  protected async look(index: string | undefined, waitMs: number, signal: AbortSignal): Promise<Snapshot | undefined> {
    try {
      return await this.read(index, waitMs, signal);
    } catch (error) {
      if (signal.aborted) return undefined;
      throw error;
    }
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
      const outcome = await this.attempt(session, seen, waitMs, signal);
      if (outcome === 'held') return true;
      index = outcome === 'wait' ? seen.index : undefined;
    }
    return false;
  }
}
