import { CORE_BUGS, type CoreBug } from '@tribune/raft-core/testing';

/** Bugs of disk, state machine and front end; those inside consensus are `CoreBug`. */
export const WORLD_BUGS = [
  'forgetsVote',
  'acknowledgesEarly',
  'keepsReplacedEntries',
  'tearsBatches',
  'skipsRestore',
  'readsLocally',
  'ignoresIndex',
  'skipsLockDelay',
  'ignoresRenewal',
] as const;

export type WorldBug = (typeof WORLD_BUGS)[number];
export type Bug = WorldBug | CoreBug;
export const BUGS: readonly Bug[] = [...WORLD_BUGS, ...CORE_BUGS];

export const isCoreBug = (bug: Bug): bug is CoreBug => (CORE_BUGS as readonly string[]).includes(bug);
