/** What other packages need to test against consensus. Development only. */
export { JournalMachine } from './journal-machine';
export { FakePool, fakeMembership, member, serverMember, type ServerMemberFields } from './fake-membership';
export { stateApiCompliance } from './state-api-compliance';
export { proposeKey, setKey, TestServer, until, write, type TestServerSettings } from './test-server';
export { entries, entry, logStoreCompliance, type LogStoreHome } from './log-store-compliance';
export { MemoryDisk, MemoryLogStore } from './memory-log-store';
export { MemorySnapshotStore } from './memory-snapshot-store';
export { coreOf, type CoreView } from './core-view';
export { LeaderDuties } from '../leader-duties/duty';
export { ExpireLockDelays } from '../leader-duties/expire-lock-delays';
export { ExpireSessions } from '../leader-duties/expire-sessions';
export { CORE_BUGS, plantBug, type CoreBug } from './planted-bugs';
export { LevelLogStore, type LevelLogStoreOptions } from '../storage/level-log-store';
export { FileSnapshotStore } from '../storage/file-snapshot-store';
export { chunksFromWire, partsToWire, type WireSnapshotPart } from '../transport/snapshot-wire';
