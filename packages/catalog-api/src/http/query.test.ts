import { percentDecode, Query } from './query';

describe('query strings as Go reads them', () => {
  test.each([
    ['a=1&b=2', 'a', ['1']],
    ['a=1;a=2&a', 'a', ['1', '2', '']],
    ['wait=1+m', 'wait', ['1 m']],
    ['f=a%2Bb%20c', 'f', ['a+b c']],
    ['=x', '', ['x']],
    ['&&a=1&', 'a', ['1']],
    ['k=%C3%A7', 'k', ['ç']],
  ])('%s', (raw, key, values) => {
    expect(Query.parse(raw)!.all(key)).toEqual(values);
  });

  test.each(['a=%zz', '%=1', 'a=%2'])('%s has a broken escape', (raw) => {
    expect(Query.parse(raw)).toBeUndefined();
  });

  test('a bare key is present with an empty value', () => {
    const query = Query.parse('stale&x')!;
    expect([query.has('stale'), query.get('stale'), query.has('nope'), query.get('nope')]).toEqual([
      true,
      '',
      false,
      '',
    ]);
  });

  test('the canonical form leaves out what is not content, and tells pairs apart', () => {
    const without = new Set(['index']);
    const canonical = (raw: string): string => Query.parse(raw)!.canonical(without);
    expect(canonical('index=5&tag=a')).toBe(canonical('tag=a&index=9'));
    expect(canonical('tag=a&b=')).not.toBe(canonical('tag=a%26b%3D'));
  });
});

test.each([
  ['/v1/kv/a%2Fb', { text: '/v1/kv/a/b', valid: true }],
  ['/v1/kv/100%25', { text: '/v1/kv/100%', valid: true }],
  ['/v1/kv/%E7', { text: '/v1/kv/\ufffd', valid: false }],
])('%s is decoded once', (raw, decoded) => {
  expect(percentDecode(raw)).toEqual(decoded);
});
