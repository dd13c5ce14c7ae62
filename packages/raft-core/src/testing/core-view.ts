import type { Raft } from '../core/raft';
import type { RaftNode } from '../node/raft-node';

/** What checkers may ask a running node that nobody else has a reason to ask. */
export type CoreView = Pick<
  Raft,
  'role' | 'term' | 'leaderId' | 'commitIndex' | 'appliedIndex' | 'holdsLease' | 'timeIs' | 'termAt' | 'status'
>;

/** Undefined once the node was stopped. */
export function coreOf(node: RaftNode): CoreView | undefined {
  return node['raft'];
}
