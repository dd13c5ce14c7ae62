import type { Bug } from './planted-bugs';
import { calm, type Profile } from './profiles';

const restless: Profile = { ...calm, seconds: 4, crash: 0.08, restart: 0.5, partition: 0.15, loss: 0.1, delayMsMax: 20, slowDisk: 0.1 };
const five: Profile = { ...restless, servers: 5 };
const divided: Profile = { ...calm, seconds: 4, partition: 0.2, transfer: 0.02, loss: 0.05, delayMsMax: 30 };
const leased: Profile = { ...calm, seconds: 4, clients: 2, readLeases: true, drift: 0.05, delayMsMax: 10 };

/** Where each planted bug shows itself soonest. */
export const hunts: Record<Bug, Profile> = {
  forgetsVote: { ...restless, clients: 1, crash: 0.25, restart: 0.9, partition: 0.05 },
  acknowledgesEarly: restless,
  keepsReplacedEntries: five,
  tearsBatches: restless,
  skipsRestore: { ...restless, snapshotThreshold: 8 },
  readsLocally: divided,
  ignoresIndex: calm,
  commitsOlderTerms: five,
  votesForOlderLogs: restless,
  appendsWithoutComparing: five,
  readsWithoutQuorum: divided,
  takesSentForHeld: restless,
  forgetsOutgoingVoters: { ...divided, servers: 2, spares: 3, membership: 0.3 },
  leaseWithoutMargin: { ...leased, pause: 0.1, pauseMsMax: 200, partition: 0.1 },
  forgetsLeasePromise: { ...leased, crash: 0.1, restart: 0.9, partition: 0.2 },
  leaseSurvivesTransfer: { ...leased, transfer: 0.1, partition: 0.1 },
};
