import { TimerQueue } from '../core/timer-queue';
import { EventCoalescer } from './event-coalescer';
import type { EventMessage } from './serf-messages';

const event = (name: string, ltime: number, payload = '', coalesce = true): EventMessage => ({
  kind: 'userEvent',
  name,
  ltime,
  payload: Buffer.from(payload),
  coalesce,
});

function world(config = { userCoalescePeriodMs: 3_000, userQuiescentPeriodMs: 1_000 }) {
  const timers = new TimerQueue();
  const shown: string[] = [];
  const show = ({ name, ltime, payload }: EventMessage): void =>
    void shown.push(`${name}@${ltime}${Buffer.from(payload).toString()}`);
  return { timers, shown, coalescer: new EventCoalescer(config, timers, show) };
}

describe('events that may be coalesced', () => {
  it('are shown after a quiet period, of each name the newest', () => {
    const { timers, shown, coalescer } = world();
    for (const [at, ltime] of [5, 7, 6].entries()) coalescer.take(event('deploy', ltime), at * 100);
    coalescer.take(event('other', 1), 300);
    timers.runDue(1_299);
    expect(shown).toEqual([]);
    timers.runDue(1_300);
    expect(shown).toEqual(['deploy@7', 'other@1']);
  });

  it('are all shown when they have the same time', () => {
    const { timers, shown, coalescer } = world();
    for (const payload of ['a', 'b']) coalescer.take(event('deploy', 5, payload), 0);
    timers.runDue(1_000);
    expect(shown).toEqual(['deploy@5a', 'deploy@5b']);
  });

  it('do not wait longer than the whole period for quiet', () => {
    const { timers, shown, coalescer } = world();
    for (let ms = 0; ms < 3_000; ms += 500) {
      coalescer.take(event('deploy', ms + 1), ms);
      timers.runDue(ms);
    }
    timers.runDue(2_999);
    expect(shown).toEqual([]);
    timers.runDue(3_000);
    expect(shown).toEqual(['deploy@2501']);
    coalescer.take(event('deploy', 9_000), 9_000);
    timers.runDue(9_999);
    expect(shown).toHaveLength(1);
    timers.runDue(10_000);
    expect(shown).toHaveLength(2);
  });

  it('are held up to a bound, and shown at once beyond it', () => {
    const { shown, coalescer } = world();
    for (let i = 0; i < 1_030; i++) coalescer.take(event(`e${i}`, 1), 0);
    expect(shown).toHaveLength(6);
    for (let i = 0; i < 40; i++) coalescer.take(event('e0', 1, `${i}`), 0);
    expect(shown).toHaveLength(6 + 9);
  });

  it('are shown at once where coalescing is off, and all others everywhere', () => {
    const off = world({ userCoalescePeriodMs: 0, userQuiescentPeriodMs: 0 });
    off.coalescer.take(event('deploy', 1), 0);
    expect(off.shown).toEqual(['deploy@1']);
    const on = world();
    on.coalescer.take(event('deploy', 1, '', false), 0);
    expect(on.shown).toEqual(['deploy@1']);
    expect(on.timers.nextAtMs()).toBe(Infinity);
  });
});
