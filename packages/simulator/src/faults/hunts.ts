import type { Bug } from './planted-bugs';
import { calm, profiles, type Profile } from './profiles';

const restless: Profile = {
  ...calm,
  seconds: 4,
  clients: 8,
  crash: 0.03,
  restart: 0.3,
  partition: 0.06,
  heal: 0.08,
  loss: 0.1,
  delayMsMax: 20,
};
const five: Profile = { ...restless, servers: 5, clients: 12, flicker: 0.01, appendBytesMax: 1 };
const divided: Profile = { ...calm, seconds: 4, partition: 0.05, heal: 0.05, loss: 0.02, delayMsMax: 10 };
const leased: Profile = {
  ...calm,
  seconds: 4,
  clients: 2,
  readLeases: true,
  drift: 0.05,
  delayMsMax: 5,
  partition: 0.1,
  heal: 0.06,
};

/** Where each planted bug shows itself soonest. */
export const hunts: Record<Bug, Profile> = {
  forgetsVote: {
    ...restless,
    seconds: 8,
    servers: 5,
    clients: 0,
    delayMsMax: 100,
    crash: 0.05,
    restart: 0.5,
    flicker: 0.3,
    reset: 0.2,
  },
  acknowledgesEarly: restless,
  keepsReplacedEntries: { ...five, coup: 0.3, servers: 3, flicker: 0.05 },
  tearsBatches: { ...restless, partition: 0.1, coup: 0.3, slowDisk: 0.5, flicker: 0.05 },
  skipsRestore: { ...restless, snapshotThreshold: 8 },
  readsLocally: divided,
  ignoresIndex: calm,
  commitsOlderTerms: profiles['figure-8'],
  votesForOlderLogs: { ...restless, delayMsMax: 60 },
  forgetsOutgoingVoters: {
    ...calm,
    spares: 2,
    clients: 2,
    membership: 0.2,
    split: 0.7,
    restart: 0.3,
    partition: 0.02,
    heal: 0.04,
    delayMsMax: 20,
  },
  forgetsLeasePromise: { ...leased, drift: 0, reset: 0.05, partition: 0.02 },
  appendsWithoutComparing: { ...five, coup: 0.4 },
  readsWithoutQuorum: { ...divided, servers: 5, clients: 12 },
  leaseWithoutMargin: { ...leased, pause: 0.2, pauseMsMax: 220 },
  skipsLockDelay: { ...calm, seconds: 10, ttlMs: 1000, lockDelayMs: 500 },
  ignoresRenewal: { ...calm, seconds: 10, ttlMs: 1000, lockDelayMs: 500 },
  leaseSurvivesTransfer: { ...leased, transfer: 0.1 },
};

/**
 * The seed that found each bug last. A change of the core makes other histories of the same seeds, so a search may have to
 * go on; `npm run sim -- --hunts` says what should stand here then.
 */
export const foundAt: Record<Bug, number> = {
  forgetsVote: 7,
  acknowledgesEarly: 2,
  keepsReplacedEntries: 22,
  tearsBatches: 10,
  skipsRestore: 1,
  readsLocally: 1,
  ignoresIndex: 1,
  skipsLockDelay: 1,
  ignoresRenewal: 1,
  commitsOlderTerms: 1,
  votesForOlderLogs: 4,
  forgetsOutgoingVoters: 14,
  forgetsLeasePromise: 2,
  appendsWithoutComparing: 31,
  readsWithoutQuorum: 1,
  leaseWithoutMargin: 79,
  leaseSurvivesTransfer: 1,
};
