import { formatGoDuration, parseGoDuration } from './go-duration';

describe('Go durations', () => {
  test.each([
    ['10s', 10e9],
    ['1m30s', 90e9],
    ['9.5s', 9.5e9],
    ['60000ms', 60e9],
    ['0', 0],
    ['-2h', -7200e9],
    ['100us', 1e5],
  ])('%s is %d ns', (text, ns) => expect(parseGoDuration(text)).toBe(ns));

  test.each(['', 'soon', '10', '5 s', 's', '1m-3s'])('%p is refused', (text) => {
    expect(parseGoDuration(text)).toBeUndefined();
  });

  test.each([
    [90e9, '1m30s'],
    [15e9, '15s'],
    [0, '0s'],
    [1.5e9, '1.5s'],
    [3600e9, '1h0m0s'],
    [2e6, '2ms'],
  ])('%d ns prints as %s', (ns, text) => expect(formatGoDuration(ns)).toBe(text));
});
