import { messageOf } from '@tribune/platform';
import { ApiError, type ReadOptions, type Revisioned, type StateApi, type Topic } from '@tribune/protocol';
import type { ReadTables, View } from '@tribune/state-store';
import type { LeaderHold } from '../answers/leader-hold';

export interface ReadCollaborators {
  readonly state: StateApi;
  readonly view: View;
  readonly hold: LeaderHold;
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
    const { state, view, hold } = this.collaborators;
    const fence = await hold.answer(() => state.readFence());
    if (fence.kind !== 'confirmed') throw noLeader();
    await view.atLeast(fence.revision);
  }
}
