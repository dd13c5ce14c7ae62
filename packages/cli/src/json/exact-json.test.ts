import { parseJson, printJson } from './exact-json';

test.each([
  ['null'],
  ['[true,false,null,"x",1,-2.5,1000]'],
  ['{"a":{"b":[{}]},"c":""}'],
  ['{"flags":18446744073709551615,"safe":9007199254740991,"next":9007199254740993}'],
  ['"\\"\\\\\\n"'],
  ['{"__proto__":1}'],
])('%s is read and written without loss', (source) => {
  expect(printJson(parseJson(source))).toBe(source);
});

test('integers beyond 2^53 are bigint, all other numbers are numbers', () => {
  expect(parseJson('[9007199254740992, 1e3, 12345678901234567890.5]')).toEqual([
    9007199254740992n,
    1000,
    12345678901234567890.5,
  ]);
});

test('a value of megabytes is read', () => {
  const long = 'x'.repeat(8 << 20);
  expect(parseJson(JSON.stringify([long]))).toEqual([long]);
});

test.each([
  ['', 'unexpected end of JSON input'],
  ['x', "invalid character 'x' looking for beginning of value"],
  ['[1 2]', "invalid character '2' after array element"],
  ['{"a" 1}', "invalid character '1' after object key"],
  ['{"a":1 "b":2}', `invalid character '"' after object key:value pair`],
  ['{a:1}', "invalid character 'a' looking for beginning of object key string"],
  ['[] x', "invalid character 'x' after top-level value"],
  ['"abc', 'unexpected end of JSON input'],
  ['"\\x"', 'invalid character in string literal'],
  ['['.repeat(5000), 'exceeded max depth'],
])('%j is refused', (source, message) => {
  expect(() => parseJson(source)).toThrow(message);
});

test('is laid out as Go does, with markup escaped', () => {
  expect(printJson({ a: [1n, '<&>'], b: {}, c: [] }, '  ')).toBe(
    '{\n  "a": [\n    1,\n    "\\u003c\\u0026\\u003e"\n  ],\n  "b": {},\n  "c": []\n}',
  );
});
