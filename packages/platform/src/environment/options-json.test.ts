import { withOptionsJson } from './options-json';

const flagged = { port: 1, lan: { port: 2, knobs: { a: 1 } }, list: [1, 2] };

test('what is said counts, what is left out stays', () => {
  expect(withOptionsJson(flagged, '{"lan":{"knobs":{"b":2}},"list":[3],"more":true}')).toEqual({
    port: 1,
    lan: { port: 2, knobs: { a: 1, b: 2 } },
    list: [3],
    more: true,
  });
  expect(withOptionsJson(flagged, '{}')).toEqual(flagged);
});

test.each(['', '[]', 'null', '{'])('%j is refused', (json) => {
  expect(() => withOptionsJson(flagged, json)).toThrow('--options is not a JSON object');
});
