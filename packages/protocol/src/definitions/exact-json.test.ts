import { exactJson, parseExactJson } from './exact-json';

test('large integers survive exactly', () => {
  const value = { a: 3304740253564472344n, b: [1, 'x', null, { c: true }] };
  expect(parseExactJson(exactJson(value))).toEqual(value);
});

test('text that is no JSON is an error', () => {
  expect(() => parseExactJson('{"a":')).toThrow(SyntaxError);
});
