import { DutyWorld, nodeCommand, sessionCommand } from '../testing/duty-world';
import { ExpireSessions } from './expire-sessions';

const A = 'aaaaaaaa-0000-0000-0000-000000000000';
const B = 'bbbbbbbb-0000-0000-0000-000000000000';

describe('sessions with a TTL', () => {
  let world: DutyWorld;
  let duty: ExpireSessions;
  beforeEach(() => {
    world = new DutyWorld();
    world.apply(nodeCommand('n'));
    duty = new ExpireSessions(world.collaborators);
  });
  const ended = (): string[] => world.proposals('session-destroy').map(({ id }) => id);

  it('end after twice their TTL, counted from creation', async () => {
    duty.begin();
    await world.settle(5_000);
    world.apply(sessionCommand(A, { ttl: '10s' }));
    await world.settle(19_999);
    expect(ended()).toEqual([]);
    await world.settle(1);
    expect(ended()).toEqual([A]);
    expect(world.machine.view.tables.sessions.get(A)).toBeUndefined();
    expect(duty.active).toBe(0);
  });

  const confirmed = async (): Promise<number> => world.machine.revision;

  it('live on when they are renewed', async () => {
    duty.begin();
    world.apply(sessionCommand(A, { ttl: '10s' }));
    for (let i = 0; i < 5; i++) {
      await world.settle(15_000);
      expect(await duty.renew(A, confirmed)).toBe('renewed');
    }
    expect(ended()).toEqual([]);
    await world.settle(20_000);
    expect(ended()).toEqual([A]);
    expect(await duty.renew(A, confirmed)).toBe('unknown');
  });

  it('are not renewed by a server that no quorum confirms', async () => {
    duty.begin();
    world.apply(sessionCommand(A, { ttl: '10s' }));
    expect(await duty.renew(A, async () => undefined)).toBeUndefined();
  });

  it('are not renewed once their end is on its way', async () => {
    duty.begin();
    world.apply(sessionCommand(A, { ttl: '10s' }));
    let open = (): void => undefined;
    world.gate = new Promise((resolve) => (open = resolve));
    await world.settle(20_000);
    expect(await duty.renew(A, confirmed)).toBe('unknown');
    open();
    await world.settle();
    expect(world.machine.view.tables.sessions.get(A)).toBeUndefined();
  });

  it('are not renewed when a former leader ended them', async () => {
    duty.begin();
    world.apply(sessionCommand(A, { ttl: '10s' }));
    const meanwhile = async (): Promise<number> => {
      world.apply({ type: 'session-destroy', id: A });
      return world.machine.revision;
    };
    expect(await duty.renew(A, meanwhile)).toBe('unknown');
  });

  it('have their full time when the lead was lost and won again while their end was proposed', async () => {
    duty.begin();
    world.apply(sessionCommand(A, { ttl: '10s' }));
    let answer = (): void => undefined;
    world.gate = new Promise((resolve) => (answer = resolve));
    await world.settle(20_000);
    duty.end();
    duty.begin();
    world.failing = 'leadership was lost';
    answer();
    await world.settle(10_000);
    world.failing = '';
    expect(await duty.renew(A, confirmed)).toBe('renewed');
    await world.settle(19_000);
    expect(world.machine.view.tables.sessions.get(A)).toBeDefined();
  });

  it('start anew under a new leader', async () => {
    world.apply(sessionCommand(A, { ttl: '10s' }));
    await world.settle(1_000_000);
    duty.begin();
    await world.settle(19_000);
    expect(ended()).toEqual([]);
    await world.settle(1_000);
    expect(ended()).toEqual([A]);
  });

  it('are left alone once the lead is lost', async () => {
    duty.begin();
    world.apply(sessionCommand(A, { ttl: '10s' }));
    duty.end();
    await world.settle(60_000);
    expect(ended()).toEqual([]);
    expect(world.clock.pending).toBe(0);
  });

  it('that are destroyed by their owner need no timer', async () => {
    duty.begin();
    world.apply(sessionCommand(A, { ttl: '10s' }));
    world.apply({ type: 'session-destroy', id: A });
    expect(duty.active).toBe(0);
  });

  it('are tried again when the proposal fails', async () => {
    duty.begin();
    world.apply(sessionCommand(A, { ttl: '10s' }));
    world.failing = 'no quorum';
    await world.settle(21_500);
    expect(ended()).toEqual([A, A]);
    world.failing = '';
    await world.settle(1_000);
    expect(ended()).toEqual([A, A, A]);
    await world.settle(10_000);
    expect(ended()).toHaveLength(3);
  });

  it('without a TTL never end, and may be renewed all the same', async () => {
    duty.begin();
    world.apply(sessionCommand(A));
    world.apply(sessionCommand(B, { ttl: '0s' }));
    await world.settle(10_000_000);
    expect(ended()).toEqual([]);
    expect(await duty.renew(A, confirmed)).toBe('renewed');
  });
});
