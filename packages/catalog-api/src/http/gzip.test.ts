import { gunzipSync } from 'node:zlib';
import { acceptsGzip, compress } from './gzip';

test.each([
  [undefined, false],
  ['identity', false],
  ['gzip', true],
  ['deflate, gzip;q=0.5', true],
  ['gzip;q=0', false],
  ['gzip; q=0.000', false],
  ['x-gzip-like', false],
  ['br, GZIP', true],
])('Accept-Encoding %s', (header, accepted) => {
  expect(acceptsGzip(header)).toBe(accepted);
});

test('large bodies leave the event loop, and come back the same', async () => {
  const small = compress('x'.repeat(100));
  const large = compress('x'.repeat(1_000_000));
  expect(small).not.toBeInstanceOf(Promise);
  expect(large).toBeInstanceOf(Promise);
  expect(gunzipSync(await large).length).toBe(1_000_000);
});
