import { StallingTimers } from './stalling-timers';

describe('timers of a member whose sends block', () => {
  const ran: string[] = [];
  let isBlocked: boolean;
  let timers: StallingTimers;
  const plan = (key: string, atMs: number): void => timers.schedule(key, atMs, () => ran.push(key));

  beforeEach(() => {
    ran.length = 0;
    isBlocked = true;
    timers = new StallingTimers(() => isBlocked && ran.at(-1) === 'probe');
    plan('probe', 10);
    plan('probe-timeout', 20);
    plan('suspicion:x', 30);
    plan('gossip', 40);
  });

  it('stop the loop that has sent, and no other', () => {
    timers.runDue(100);
    expect(ran).toEqual(['probe', 'suspicion:x', 'gossip']);
  });

  it('run what was due when the sends return, in its order', () => {
    plan('probe-end', 50);
    timers.runDue(100);
    isBlocked = false;
    timers.resume(110);
    expect(ran.slice(-2)).toEqual(['probe-timeout', 'probe-end']);
    expect(timers.nextAtMs()).toBe(Infinity);
  });

  it('forget what was cancelled meanwhile', () => {
    timers.runDue(100);
    timers.cancel('probe-timeout');
    isBlocked = false;
    timers.resume(110);
    expect(ran).not.toContain('probe-timeout');
  });
});
