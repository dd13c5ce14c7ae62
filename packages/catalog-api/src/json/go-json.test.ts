import { compareUtf8, encodeJson, sortedMap } from './go-json';

test.each([
  [{ a: 1, b: [true, null, 'x'] }, '{"a":1,"b":[true,null,"x"]}'],
  [18446744073709551615n, '18446744073709551615'],
  ['<a&b>', '"\\u003ca\\u0026b\\u003e"'],
  ['line\u2028sep\u2029', '"line\\u2028sep\\u2029"'],
  ['\b\f\n\r\t\u0001\u007f"\\', '"\\u0008\\u000c\\n\\r\\t\\u0001\u007f\\"\\\\"'],
  ['half \ud800 pair 😀', '"half \\ufffd pair 😀"'],
  [{ gone: undefined, here: '' }, '{"here":""}'],
  [[], '[]'],
  [{}, '{}'],
  [NaN, 'null'],
  [1e-5, '0.00001'],
])('%j is written as Go writes it', (value, text) => {
  expect(encodeJson(value, false)).toBe(text);
});

test('pretty is four spaces and a line feed at the end; empty containers stay on their line', () => {
  expect(encodeJson({ a: [1, {}], b: [] }, true)).toBe(
    '{\n    "a": [\n        1,\n        {}\n    ],\n    "b": []\n}\n',
  );
});

test('a Go map prints its keys by their bytes', () => {
  expect(Object.keys(sortedMap({ b: 1, a: 2, B: 3 })!)).toEqual(['B', 'a', 'b']);
  // U+FF5E comes before U+1F600 in UTF-8, after it in UTF-16.
  expect(compareUtf8('\uff5e', '😀')).toBeLessThan(0);
});
