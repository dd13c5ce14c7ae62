import { DutyWorld } from '../testing/duty-world';
import { ReapTombstones } from './reap-tombstones';

const MINUTE = 60_000;

describe('tombstones', () => {
  let world: DutyWorld;
  let duty: ReapTombstones;
  beforeEach(() => {
    world = new DutyWorld();
    duty = new ReapTombstones(world.collaborators);
    duty.begin();
  });
  afterEach(() => duty.end());
  const remove = (key: string): void => {
    const value = Buffer.from('x');
    world.apply({ type: 'kv', operation: { verb: 'set', key, value, flags: 0n } });
    world.apply({ type: 'kv', operation: { verb: 'delete', key } });
  };
  const left = (): string[] => [...world.machine.view.tables.tombstones.rows()].map(({ key }) => key);

  it('go after fifteen minutes, to half a minute', async () => {
    remove('a');
    await world.settle(15 * MINUTE);
    expect(left()).toEqual(['a']);
    await world.settle(MINUTE);
    expect(left()).toEqual([]);
  });

  it('of later deletions stay for their own fifteen minutes', async () => {
    remove('a');
    await world.settle(10 * MINUTE);
    remove('b');
    await world.settle(6 * MINUTE);
    expect(left()).toEqual(['b']);
    await world.settle(10 * MINUTE);
    expect(left()).toEqual([]);
  });

  it('cost nothing when there are none', async () => {
    world.apply({ type: 'kv', operation: { verb: 'set', key: 'a', value: Buffer.from('x'), flags: 0n } });
    await world.settle(60 * MINUTE);
    expect(world.proposed).toEqual([]);
  });

  it('are tried again when the proposal fails', async () => {
    remove('a');
    world.failing = 'no quorum';
    await world.settle(16 * MINUTE);
    expect(left()).toEqual(['a']);
    world.failing = '';
    await world.settle(MINUTE);
    expect(left()).toEqual([]);
  });

  it('wait their full time under a new leader', async () => {
    remove('a');
    await world.settle(14 * MINUTE);
    duty.end();
    duty.begin();
    await world.settle(14 * MINUTE);
    expect(left()).toEqual(['a']);
    await world.settle(2 * MINUTE);
    expect(left()).toEqual([]);
  });
});
