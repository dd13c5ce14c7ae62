import { parseJson } from './parse-json';

test.each([
  ['', 'EOF'],
  ['   ', 'EOF'],
  ['{"Node": "x"', 'unexpected EOF'],
  ['{"Name": ', 'unexpected EOF'],
  ['nope', "invalid character 'o' in literal null (expecting 'u')"],
  ['xyz', "invalid character 'x' looking for beginning of value"],
  ['{a:1}', "invalid character 'a' looking for beginning of object key string"],
  ['{"a" 1}', "invalid character '1' after object key"],
  ['{"a":1 "b":2}', `invalid character '"' after object key:value pair`],
  ['[1 2]', "invalid character '2' after array element"],
  ['"a\nb"', "invalid character '\\n' in string literal"],
  ['"\\q"', "invalid character 'q' in string escape code"],
  ['"\\u12g4"', "invalid character 'g' in \\u hexadecimal character escape"],
  ['[-]', "invalid character ']' in numeric literal"],
  ['[1.x]', "invalid character 'x' after decimal point in numeric literal"],
  ['[1ex]', "invalid character 'x' in exponent of numeric literal"],
  ["'a'", "invalid character '\\'' looking for beginning of value"],
  ['ç', "invalid character 'Ã' looking for beginning of value"],
  ['['.repeat(5_000), 'exceeded max depth'],
])('%j: %s', (text, problem) => {
  expect(() => parseJson(text)).toThrow(problem);
});

test('integers stay exact to the last digit, in and out of the safe range', () => {
  expect(parseJson('[3304740253564472344, 16210313421097356768, 42, -9007199254740993, 1.5, 1e3]')).toEqual([
    3304740253564472344n,
    16210313421097356768n,
    42,
    -9007199254740993n,
    1.5,
    1000,
  ]);
});

test('what follows the first value is not looked at', () => {
  expect(parseJson('{"a":1} trailing')).toEqual({ a: 1 });
});

test('a member called __proto__ is a member', () => {
  const parsed = parseJson('{"__proto__": {"x": 1}}') as object;
  expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype);
  expect(Object.keys(parsed)).toEqual(['__proto__']);
});

test('strings with every kind of escape', () => {
  expect(parseJson('"\\u00e7 \\ud83d\\ude00 \\ud83d \\/ \\b"')).toBe('ç 😀 \ufffd / \b');
});
