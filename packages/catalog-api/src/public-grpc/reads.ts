import { messageOf, sleep, type Clock, type Random } from '@tribune/platform';
import { ApiError, type ReadOptions, type Revisioned, type StateApi, type Topic } from '@tribune/protocol';
import type { ReadTables, View } from '@tribune/state-store';

/** A call that found no leader tries again at about this distance. Milliseconds. */
const RETRY_MS = 60;

export interface ReadCollaborators {
  readonly state: StateApi;
  readonly view: View;
  readonly clock: Clock;
  readonly random: Random;
  readonly leaderHoldMs: number;
}

export const noLeader = (): ApiError => new ApiError({ code: 'UNAVAILABLE' }, 'no cluster leader');

/** Reads of the view: linearizable by a fence, or stale. */
export class Reads {
  constructor(private readonly collaborators: ReadCollaborators) {}

  async read<T>(
    topics: readonly Topic[],
    options: ReadOptions,
    query: (tables: ReadTables) => T,
  ): Promise<Revisioned<T>> {
    const { view } = this.collaborators;
    await this.require(topics);
    if (options.consistency !== 'stale') await this.passFence();
    return { revision: view.revision, value: query(view.tables) };
  }

  /** Rows of these topics are here afterwards. */
  async require(topics: readonly Topic[]): Promise<void> {
    try {
      await this.collaborators.view.require(topics);
    } catch (thrown) {
      throw new ApiError({ code: 'UNAVAILABLE' }, `no server can be reached: ${messageOf(thrown)}`, { cause: thrown });
    }
  }

  async passFence(): Promise<void> {
    const { state, view, clock, random, leaderHoldMs } = this.collaborators;
    const deadlineMs = clock.monotonicMs() + leaderHoldMs;
    for (;;) {
      const fence = await state.readFence();
      if (fence.kind === 'confirmed') return view.atLeast(fence.revision);
      if (clock.monotonicMs() >= deadlineMs) throw noLeader();
      await sleep(clock, RETRY_MS * (0.5 + random.next()));
    }
  }
}
