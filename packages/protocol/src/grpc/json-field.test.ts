import { jsonFromWire, jsonToWire } from './json-field';

describe('JSON in a field', () => {
  it.each([
    [null],
    [{}],
    [{ a: [1, 'two', { three: null }], b: true, c: 1.5e300 }],
    [{ long: 9223372036854775807n, negative: -9223372036854775808n, list: [18446744073709551615n] }],
    [{ text: '12345678901234567890 {"$bigint":"1"}', 'k"ey': '\\"9007199254740993' }],
  ])('%o comes back as it was', (value) => {
    expect(jsonFromWire(jsonToWire(value), 'x')).toEqual(value);
  });

  it('is plain JSON on the way', () => {
    expect(jsonToWire({ limit: 9223372036854775807n, small: 1 })).toBe('{"limit":9223372036854775807,"small":1}');
  });

  it.each(['[]', '1', 'nonsense', '"text"', '{"a":'])('%s is refused by the name of the field', (text) => {
    expect(() => jsonFromWire(text, 'service.proxy_json')).toThrow(/^service\.proxy_json: /);
  });
});
