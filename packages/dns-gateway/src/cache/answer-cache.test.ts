import type { AnswerSet } from '../wire/answer-set';
import { AnswerCache, type CachedAnswer } from './answer-cache';

const set = {} as AnswerSet;
const from = (...dependencies: string[]): CachedAnswer => ({
  set,
  sources: dependencies.map((dependency) => ({ dependency })),
  reason: undefined,
});

describe('kept answers', () => {
  it('go with any of the things they were made of, and only then', () => {
    const cache = new AnswerCache(10);
    cache.put('a', 1, from('service/web', 'node/n1'));
    cache.put('a', 33, from('service/web'));
    cache.put('b', 1, from('service/api'));
    cache.drop('service/other');
    expect(cache.size).toBe(3);
    cache.drop('node/n1');
    expect([cache.get('a', 1), cache.get('a', 33), cache.get('b', 1)?.set]).toEqual([undefined, undefined, set]);
    expect(cache.size).toBe(1);
  });

  it('never number more than their bound', () => {
    const cache = new AnswerCache(3);
    for (const name of ['a', 'b', 'c', 'd']) cache.put(name, 1, from('service/web'));
    expect([cache.size, cache.get('a', 1), cache.get('d', 1)?.set]).toEqual([3, undefined, set]);
  });

  it('mark what they were made of as used', () => {
    const cache = new AnswerCache(3);
    const touch = { used: false };
    cache.put('a', 1, { set, sources: [{ dependency: 'service/web', touch }], reason: undefined });
    cache.get('a', 33);
    expect(touch.used).toBe(false);
    cache.get('a', 1);
    expect(touch.used).toBe(true);
  });
});
