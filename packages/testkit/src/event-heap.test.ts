import { seededRandom } from '@tribune/platform';
import { EventHeap } from './event-heap';

test('events run in order of time and then of setting, whatever the order of their setting', () => {
  const random = seededRandom(7);
  const heap = new EventHeap();
  const events = Array.from({ length: 2_000 }, (_, order) => ({ atMs: random.integer(100), order }));
  const ran: typeof events = [];
  for (const event of events) heap.at(event.atMs, () => ran.push(event));
  heap.runUntil(100);
  expect(ran).toEqual(events.toSorted((a, b) => a.atMs - b.atMs || a.order - b.order));
});

test('what an event sets for its own instant runs behind all that was set for it before', () => {
  const heap = new EventHeap();
  const ran: string[] = [];
  heap.at(5, () => {
    heap.at(5, () => ran.push('set at the instant'));
    heap.at(1, () => ran.push('set for the past'));
  });
  heap.at(5, () => ran.push('set before'));
  heap.runUntil(5);
  expect(ran).toEqual(['set before', 'set at the instant', 'set for the past']);
});

test('a cancelled event does not run, is not pending and does not move time', () => {
  const heap = new EventHeap();
  const times: number[] = [];
  const note = (): void => void times.push(heap.nowMs);
  heap.at(0, note).cancel();
  const late = heap.at(10, note);
  heap.at(5, () => late.cancel());
  heap.at(20, note);
  expect(heap.pending).toBe(3);
  expect([heap.runNext(30), heap.nowMs, heap.pending]).toEqual([true, 5, 1]);
  expect([heap.runNext(30), heap.nowMs, heap.pending]).toEqual([true, 20, 0]);
  expect(times).toEqual([20]);
});

test('time stands where an event is due, then where it was to go, and never goes back', () => {
  const heap = new EventHeap();
  const times: number[] = [];
  heap.at(10, () => times.push(heap.nowMs));
  heap.at(40, () => times.push(heap.nowMs));
  heap.runUntil(30);
  expect([times, heap.nowMs]).toEqual([[10], 30]);
  heap.at(30, () => times.push(heap.nowMs));
  heap.runUntil(20);
  expect([times, heap.nowMs]).toEqual([[10], 30]);
  heap.runUntil(40);
  expect(times).toEqual([10, 30, 40]);
});

test('after an event that fails all others still run', () => {
  const heap = new EventHeap();
  const ran = jest.fn();
  heap.at(1, () => {
    throw new Error('a broken invariant');
  });
  heap.at(2, ran);
  expect(() => heap.runUntil(3)).toThrow('a broken invariant');
  heap.runUntil(3);
  expect(ran).toHaveBeenCalledTimes(1);
});
