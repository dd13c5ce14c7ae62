import { DutyWorld } from '../testing/duty-world';
import { DropStalledRestore } from './drop-stalled-restore';

const EMPTY = Uint8Array.of(1);

test('a restore that does not go on is given up, one that does is left alone', async () => {
  const world = new DutyWorld();
  const duty = new DropStalledRestore(world.machine, world.collaborators);
  world.apply({ type: 'restore-begin', id: 'r' });
  duty.begin();
  for (let sequence = 0; sequence < 3; sequence++) {
    world.apply({ type: 'restore-chunk', id: 'r', sequence, rows: EMPTY });
    await world.settle(60_000);
    expect(world.machine.restoring).toEqual({ id: 'r', chunks: sequence + 1 });
  }
  await world.settle(60_000);
  expect(world.machine.restoring).toBeUndefined();
  expect(world.proposals('restore-abort')).toEqual([{ type: 'restore-abort', id: 'r' }]);
  duty.end();
  await world.settle(180_000);
  expect(world.proposals('restore-abort')).toHaveLength(1);
});
