import { check } from '../testing/runner-fixture';
import { timeoutMsOf } from './probe';
import { kindOf, outputBytesMaxOf, probeOf } from './probe-of';

test.each([
  [1, 1],
  [1_500_000_500, 1501],
  [3600e9 * 10_000, 2 ** 31 - 1],
  [0, 10_000],
])('a time limit of %d ns is %d ms', (ns, ms) => {
  expect(timeoutMsOf(ns)).toBe(ms);
});

test.each([
  ['http', { http: 'http://x' }],
  ['tcp', { tcp: 'x:1' }],
  ['udp', { udp: 'x:1' }],
  ['grpc', { grpc: 'x:1' }],
  ['h2ping', { h2ping: 'x:1' }],
  ['script', { args: ['true'] }],
  ['docker', { args: ['true'], dockerContainerId: 'x' }],
  ['ttl', { ttlNs: 1 }],
  ['alias', { aliasService: 'x' }],
])('%s is told from the field that is set', (kind, given) => {
  expect(kindOf(check(given))).toBe(kind);
  const isRun = probeOf(check(given), { outputBytesMax: 4096, dockerHost: 'unix:///x' }) !== undefined;
  expect(isRun).toBe(!['ttl', 'alias'].includes(kind));
});

test('a check may ask for less output than the agent keeps, not for more', () => {
  expect([0, 100, 9999].map((outputMaxSize) => outputBytesMaxOf(check({ outputMaxSize }), 4096))).toEqual([
    4096, 100, 4096,
  ]);
});
