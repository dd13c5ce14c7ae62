import { patternOf } from './pattern';

test('a pattern', () => {
  expect(patternOf('^a|b$', 'status').test('ab')).toBe(true);
});

test.each([
  ['(', 'missing closing ): `(`'],
  [')', 'unexpected ): `)`'],
  ['[a', 'missing closing ]: `[a`'],
  ['*', 'missing argument to repetition operator: `*`'],
])('%s is told as Go tells it', (text, reason) => {
  expect(() => patternOf(text, 'status')).toThrow(`Failed to compile status regexp: error parsing regexp: ${reason}`);
});

test('other mistakes are told as they are', () => {
  expect(() => patternOf('(?<x', 'tag filter')).toThrow(/^Failed to compile tag filter regexp: Invalid/);
});
