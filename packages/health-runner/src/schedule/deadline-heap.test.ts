import { seededRandom } from '@tribune/platform';
import { DeadlineHeap } from './deadline-heap';

test('callbacks come out in order of their time', () => {
  const random = seededRandom(7);
  const heap = new DeadlineHeap();
  const taken: number[] = [];
  const times = Array.from({ length: 500 }, () => random.integer(1000));
  for (const time of times) heap.add(time, () => taken.push(time));
  for (const run of heap.takeDue(1000)) run();
  expect(taken).toEqual([...times].sort((a, b) => a - b));
});

test('only what is due is taken, and once', () => {
  const heap = new DeadlineHeap();
  heap.add(10, () => undefined);
  heap.add(20, () => undefined);
  expect([heap.takeDue(10).length, heap.takeDue(10).length, heap.nextMs(), heap.size]).toEqual([1, 0, 20, 1]);
});

test('a cancelled callback is never taken', () => {
  const heap = new DeadlineHeap();
  const kept: string[] = [];
  const first = heap.add(1, () => kept.push('first'));
  heap.add(2, () => kept.push('second'));
  first.cancel();
  first.cancel();
  for (const run of heap.takeDue(5)) run();
  expect([kept, heap.size]).toEqual([['second'], 0]);
});

test('cancelled entries do not pile up', () => {
  const heap = new DeadlineHeap();
  const far = Array.from({ length: 1000 }, (_, i) => heap.add(1e9 + i, () => undefined));
  for (const deadline of far.slice(1)) deadline.cancel();
  expect([heap.size, heap.nextMs()]).toEqual([1, 1e9]);
  expect((heap as unknown as { heap: unknown[] }).heap.length).toBeLessThan(4);
});
