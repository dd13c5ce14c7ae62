import { harness } from '../testing/harness';

const bytes = (text: string): Uint8Array => Buffer.from(text);
const S1 = '11111111-1111-1111-1111-111111111111';
const S2 = '22222222-2222-2222-2222-222222222222';

describe('kv writes', () => {
  test('a plain write stores the value and both indexes', () => {
    const h = harness();
    expect(h.set('a', 'x')).toEqual({ kind: 'done', ok: true });
    expect(h.entry('a')).toEqual({
      key: 'a',
      value: bytes('x'),
      flags: 0n,
      lockIndex: 0,
      session: '',
      createIndex: 2,
      modifyIndex: 2,
    });
  });
  void S1;
  void S2;
});
