import { silentLogger } from '@tribune/platform';
import { SimClock } from '@tribune/testkit';
import { noConfiguration } from '../core/membership';
import type { SnapshotStore } from '../storage/snapshot-store';
import { completeOptions } from './options';
import { Snapshots, type SnapshotsCollaborators } from './snapshots';

const KIB = 1024;
const MIB = 1024 * KIB;
/** Of commands of this size the default number, 16,384, makes 2 MiB. */
const COMMAND_BYTES = 128;

const LAST = 1_000;

function snapshotsAfter(stateBytes: number): Snapshots {
  const last = { meta: { index: LAST, term: 1, configuration: noConfiguration }, bytes: stateBytes };
  const snapshotStore = { latest: () => last } as unknown as SnapshotStore;
  const ports = { snapshotStore, clock: new SimClock(), logger: silentLogger } as unknown as SnapshotsCollaborators;
  return new Snapshots(completeOptions({ id: 'a', address: '127.0.0.1:1' }), ports);
}

/** After a snapshot of that size, how many commands are applied until the next one is due. */
function commandsUntilDue(stateBytes: number, commandBytes = COMMAND_BYTES): number {
  const snapshots = snapshotsAfter(stateBytes);
  snapshots.volume.applied(LAST, 0);
  for (let index = LAST + 1; ; index++) {
    snapshots.volume.applied(index, commandBytes);
    if (snapshots.isDue(index)) return index - LAST;
  }
}

test.each([0, 100 * KIB, 255 * KIB])('a state of %d bytes is written after the default number of commands', (bytes) => {
  expect(commandsUntilDue(bytes)).toBe(16_384);
});

test('a larger state is written when four times its size has come', () => {
  expect(commandsUntilDue(MIB)).toBe((4 * MIB) / COMMAND_BYTES);
});

test.each([20 * MIB, 500 * MIB])('one of %d bytes after four times the default number of commands', (bytes) => {
  expect(commandsUntilDue(bytes)).toBe(4 * 16_384);
});

test('large commands make it due by their volume', () => {
  expect(commandsUntilDue(0, MIB)).toBe(32);
  expect(commandsUntilDue(500 * MIB, MIB)).toBe(32);
});

test('a log is too long when nothing clears it, and never when it is cleared again and again, wherever that cuts it', () => {
  const [kept, cleared] = [snapshotsAfter(MIB), snapshotsAfter(MIB)];
  for (let index = 1; index <= 200_000; index++) {
    for (const { volume } of [kept, cleared]) volume.applied(index, KIB);
    if (index % 16_384 === 0) cleared.cleared(index - 10_001);
    if (index % 1_000 === 0) expect(cleared.logIsTooLong).toBe(false);
  }
  expect(kept.logIsTooLong).toBe(true);
});
