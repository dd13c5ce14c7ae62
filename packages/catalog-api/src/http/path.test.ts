import { cleanPath, escapeNonAscii, escapePath, isPrintable } from './path';

test.each([
  ['/v1/kv/a', '/v1/kv/a'],
  ['/v1//kv/a', '/v1/kv/a'],
  ['/v1/status/../status/leader', '/v1/status/leader'],
  ['/v1/./kv/', '/v1/kv/'],
  ['/../..', '/'],
  ['/v1/kv/..', '/v1'],
  ['/v1/kv/a..b/.c', '/v1/kv/a..b/.c'],
  ['', '/'],
])('%s is cleaned to %s', (path, cleaned) => {
  expect(cleanPath(path)).toBe(cleaned);
});

test.each([
  ['/v1/kv/sp ace', true],
  ['/v1/kv/ç€', true],
  ['/v1/kv/a\u0001b', false],
  ['/v1/kv/a\nb', false],
  ['/v1/kv/a\u00a0b', false],
])('%j is printable: %s', (path, printable) => {
  expect(isPrintable(path)).toBe(printable);
});

test('a Location header carries only ASCII', () => {
  expect(escapePath('/v1/kv/ç é?')).toBe('/v1/kv/%C3%A7%20%C3%A9%3F');
  expect(escapeNonAscii('a=ç\u0001&b')).toBe('a=%C3%A7%01&b');
});
