import { seededRandom } from '@tribune/platform';
import { BroadcastQueue, retransmitLimit } from './broadcast-queue';

const OVERHEAD = 2;

describe('the retransmit limit', () => {
  it.each([
    [0, 0],
    [1, 4],
    [4, 4],
    [8, 8],
    [9, 9],
    [10, 9],
    [99, 9],
    [100, 12],
    [10_000, 20],
  ])('with %i members is %i', (members, limit) => expect(retransmitLimit(4, members)).toBe(limit));
});

describe('the broadcast queue', () => {
  const queueOf = (...entries: [message: string, size: number][]): BroadcastQueue<string> => {
    const queue = new BroadcastQueue<string>(100);
    for (const [message, size] of entries) queue.add({ message, size });
    return queue;
  };

  it('takes the largest that fits first, and the newest of equal ones', () => {
    const queue = queueOf(['small', 10], ['old', 20], ['new', 20], ['huge', 500]);
    expect(queue.take(OVERHEAD, 60, 10)).toEqual(['new', 'old', 'small']);
  });

  it('prefers messages that were sent less often', () => {
    const queue = queueOf(['first', 20]);
    expect(queue.take(OVERHEAD, 22, 10)).toEqual(['first']);
    queue.add({ message: 'second', size: 5 });
    expect(queue.take(OVERHEAD, 22, 10)).toEqual(['second']);
    queue.add({ message: 'third', size: 5 });
    expect(queue.take(OVERHEAD, 36, 10)).toEqual(['third', 'first', 'second']);
  });

  it('never takes more bytes than there is room for, overhead included', () => {
    const queue = queueOf(['a', 10], ['b', 10]);
    expect(queue.take(OVERHEAD, 23, 10)).toEqual(['b']);
    expect(queue.take(OVERHEAD, 11, 10)).toEqual([]);
  });

  it('forgets a message after its last send and says so', () => {
    const finished = jest.fn();
    const queue = new BroadcastQueue<string>(10);
    queue.add({ message: 'm', size: 1, finished });
    for (let sends = 1; sends <= 3; sends++) {
      expect(finished).not.toHaveBeenCalled();
      expect(queue.take(OVERHEAD, 100, 3)).toEqual(['m']);
    }
    expect(finished).toHaveBeenCalledTimes(1);
    expect(queue.length).toBe(0);
  });

  it('lets a newer message about the same name replace the older', () => {
    const finished = jest.fn();
    const queue = new BroadcastQueue<string>(10);
    queue.add({ message: 'a is suspect', size: 5, name: 'a', finished });
    queue.add({ message: 'a is alive', size: 5, name: 'a' });
    expect(finished).toHaveBeenCalledTimes(1);
    expect(queue.take(OVERHEAD, 100, 3)).toEqual(['a is alive']);
  });

  it('drops the most often sent when full', () => {
    const queue = new BroadcastQueue<string>(2);
    queue.add({ message: 'old', size: 5 });
    queue.take(OVERHEAD, 100, 9);
    queue.add({ message: 'x', size: 5 });
    queue.add({ message: 'y', size: 5 });
    expect(queue.take(OVERHEAD, 100, 9).sort()).toEqual(['x', 'y']);
  });

  it('sends every message exactly as often as it should, whatever the order of additions', () => {
    const random = seededRandom(3);
    const queue = new BroadcastQueue<number>(1000);
    const sent = new Map<number, number>();
    let next = 0;
    for (let round = 0; round < 2000; round++) {
      if (round < 1000 && random.next() < 0.4) queue.add({ message: next++, size: 1 + random.integer(60) });
      for (const message of queue.take(OVERHEAD, 200, 5)) sent.set(message, (sent.get(message) ?? 0) + 1);
    }
    expect(queue.length).toBe(0);
    expect(sent.size).toBe(next);
    expect([...sent.values()].every((times) => times === 5)).toBe(true);
  });
});
