import { DutyWorld, nodeCommand, sessionCommand } from '../testing/duty-world';
import { ExpireLockDelays } from './expire-lock-delays';

const A = 'aaaaaaaa-0000-0000-0000-000000000000';

describe('lock delays', () => {
  let world: DutyWorld;
  let duty: ExpireLockDelays;
  beforeEach(() => {
    world = new DutyWorld();
    world.apply(nodeCommand('n'));
    duty = new ExpireLockDelays(world.collaborators);
  });
  const delayed = (): string[] => [...world.machine.view.tables.lockDelays.rows()].map(({ key }) => key);
  const loseLocks = (...keys: string[]): void => {
    world.apply(sessionCommand(A, { lockDelayNs: 15e9 }));
    for (const key of keys) {
      const operation = { verb: 'lock', key, value: Buffer.from('x'), flags: 0n, session: A } as const;
      world.apply({ type: 'kv', operation });
    }
    world.apply({ type: 'session-destroy', id: A });
  };

  it('end when their time has passed, all of a session in one command', async () => {
    duty.begin();
    loseLocks('a', 'b');
    expect(delayed()).toEqual(['a', 'b']);
    await world.settle(14_999);
    expect(world.proposed).toEqual([]);
    await world.settle(10);
    expect(world.proposals('lock-delay-expire').map(({ keys }) => keys.map(({ key }) => key))).toEqual([['a', 'b']]);
    expect(delayed()).toEqual([]);
  });

  it('start anew under a new leader: longer, never shorter', async () => {
    loseLocks('a');
    await world.settle(100_000);
    duty.begin();
    await world.settle(14_999);
    expect(delayed()).toEqual(['a']);
    await world.settle(10);
    expect(delayed()).toEqual([]);
  });

  it('are tried again when the proposal fails', async () => {
    duty.begin();
    loseLocks('a');
    world.failing = 'no quorum';
    await world.settle(15_500);
    world.failing = '';
    await world.settle(1_000);
    expect(delayed()).toEqual([]);
  });

  it('are left alone once the lead is lost', async () => {
    duty.begin();
    loseLocks('a');
    duty.end();
    await world.settle(60_000);
    expect(world.proposed).toEqual([]);
    expect(world.clock.pending).toBe(0);
  });
});
