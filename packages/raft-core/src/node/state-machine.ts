import type { LogIndex } from '../core/message';

/**
 * What consensus drives. `apply` is total and deterministic: it never throws for a bad command, it returns a result
 * that says so. A throw is a bug and stops the node, since going on would make the replicas differ.
 */
export interface StateMachine {
  /** Called once per command in index order, each index at most once per process. The result goes to the proposer. */
  apply(index: LogIndex, command: Uint8Array): unknown;
  /** After a run of `apply` calls (at least one entry, maybe none of them a command): everything up to `index` is in. */
  appliedBatch?(index: LogIndex): void;
  /**
   * A consistent cut at the last applied index, taken at once; `chunks` is read while later commands are applied. Chunks
   * come back to `restore` as they were cut; each must fit into one message between peers (well below 4 MiB), and making
   * one must not hold the event loop for more than a few milliseconds.
   */
  snapshot(): { readonly index: LogIndex; readonly chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array> };
  /** Replaces everything by a snapshot. No `apply` runs until the promise resolves. */
  restore(chunks: AsyncIterable<Uint8Array>, index: LogIndex): Promise<void>;
}
