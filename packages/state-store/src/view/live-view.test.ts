import { encodeCommand } from '../encoding/command-codec';
import { harness } from '../testing/harness';

test('a revision that is here needs no waiting, another is waited for', async () => {
  const h = harness();
  const { view } = h.machine;
  expect(view.atLeast(1)).toBeUndefined();
  const waits = [view.atLeast(3), view.atLeast(2)];
  const reached: number[] = [];
  waits.forEach((wait, i) => void wait?.then(() => reached.push(i)));
  h.set('a', '1');
  await waits[1];
  expect(reached).toEqual([1]);
  h.machine.skipTo(3);
  await waits[0];
  expect(reached).toEqual([1, 0]);
});

test('followers hear of every revision, with or without deltas, before waiters do', () => {
  const h = harness();
  const heard: string[] = [];
  const stop = h.machine.view.follow((revision, deltas) => heard.push(`${revision}: ${deltas.length}`));
  h.machine.view.park(['kv/a'], () => heard.push('woken'));
  h.set('a', '1');
  h.kv({ verb: 'delete', key: 'none' });
  h.machine.skipTo(9);
  h.machine.skipTo(9);
  stop();
  h.set('a', '2');
  expect(heard).toEqual(['2: 2', 'woken', '3: 0', '9: 0']);
});

test('everything is here at once', () => {
  expect(harness().machine.view.require([{ kind: 'all' }])).toBeUndefined();
});

test('a waiter that parks again while it is woken waits for the next change', () => {
  const h = harness();
  let count = 0;
  const park = (): void =>
    void h.machine.view.park(['kv/a'], () => {
      count++;
      park();
    });
  park();
  h.set('a', '1');
  expect(count).toBe(1);
  h.machine.apply(h.revision + 1, encodeCommand({ type: 'kv', operation: { verb: 'delete', key: 'a' } }));
  expect(count).toBe(2);
});
