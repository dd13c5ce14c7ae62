import { SimClock } from '@tribune/testkit';
import type { Ballast } from '../storage/ballast';
import { SpaceGuard } from './space-guard';

const MIB = 1024 * 1024;

/** A disk of which others take more and more. */
function world(free: number) {
  const clock = new SimClock();
  const told: string[] = [];
  const disk = { free };
  const ballast = {
    bytes: 16 * MIB,
    heldBytes: 0,
    open: async () => undefined,
    fill: async () => {
      disk.free -= ballast.bytes - ballast.heldBytes;
      ballast.heldBytes = ballast.bytes;
    },
    release: async () => {
      disk.free += ballast.heldBytes;
      ballast.heldBytes = 0;
    },
  } satisfies Ballast;
  const guard = new SpaceGuard(
    { freeBytesMin: 256 * MIB },
    {
      clock,
      ballast,
      freeBytes: async () => disk.free,
      snapshotBytes: () => 10 * MIB,
      onShort: () => told.push('short'),
      onReleased: (freeBytes) => told.push(`released, ${freeBytes / MIB} MiB free`),
    },
  );
  const seconds = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      clock.advance(1000);
      for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    }
  };
  return { disk, ballast, guard, told, seconds };
}

it('takes ballast aboard once there was room for a while', async () => {
  const { disk, ballast, guard, seconds } = world(1000 * MIB);
  await guard.start();
  await seconds(5);
  expect(ballast.heldBytes).toBe(0);
  await seconds(10);
  expect([ballast.heldBytes, disk.free]).toEqual([16 * MIB, 984 * MIB]);
  await guard.stop();
});

it('counts the ballast as space: it alone makes no server short', async () => {
  const { disk, ballast, guard, told, seconds } = world(1000 * MIB);
  await guard.start();
  await seconds(15);
  disk.free = 245 * MIB;
  await seconds(2);
  expect([guard.isShort, ballast.heldBytes, told]).toEqual([false, 16 * MIB, []]);
  await guard.stop();
});

it('refuses first, gives the ballast up when the disk is full, and takes it back when there is room again', async () => {
  const { disk, ballast, guard, told, seconds } = world(1000 * MIB);
  await guard.start();
  await seconds(15);
  disk.free = 100 * MIB;
  await seconds(1);
  expect([guard.isShort, ballast.heldBytes, told]).toEqual([true, 16 * MIB, ['short']]);
  disk.free = 0;
  await seconds(1);
  expect([guard.isShort, ballast.heldBytes, told]).toEqual([true, 0, ['short', 'released, 16 MiB free']]);
  // What was freed is not taken again, and a server that came to lead meanwhile hands over as well.
  await seconds(20);
  expect([ballast.heldBytes, told.filter((what) => what === 'short').length]).toEqual([0, 3]);
  disk.free = 900 * MIB;
  await seconds(1);
  expect(guard.isShort).toBe(false);
  await seconds(12);
  expect(ballast.heldBytes).toBe(16 * MIB);
  await guard.stop();
});

it('a server that starts on a full disk has the ballast of its last run at hand', async () => {
  const { ballast, guard, told } = world(0);
  ballast.heldBytes = 16 * MIB;
  await guard.start();
  expect([guard.isShort, ballast.heldBytes, told]).toEqual([true, 0, ['released, 16 MiB free', 'short']]);
  await guard.stop();
});
