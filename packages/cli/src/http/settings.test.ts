import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings } from './settings';

test('without flags and environment, the agent on this host', () => {
  const settings = readSettings({}, {});
  expect(settings.address.label).toBe('http://127.0.0.1:8500');
  expect(settings).toMatchObject({ token: '', auth: '', datacenter: '', isStale: false });
  expect(settings.tls.isVerified).toBe(true);
});

const environments: readonly [string, string, (settings: ReturnType<typeof readSettings>) => unknown][] = [
  ['HTTP_ADDR', 'h:1', ({ address }) => address.label.slice('http://'.length)],
  ['HTTP_TOKEN', 't', ({ token }) => token],
  ['HTTP_AUTH', 'user:password', ({ auth }) => auth],
  ['CACERT', '/ca', ({ tls }) => tls.caFile],
  ['CAPATH', '/cas', ({ tls }) => tls.caPath],
  ['CLIENT_CERT', '/cert', ({ tls }) => tls.certFile],
  ['CLIENT_KEY', '/key', ({ tls }) => tls.keyFile],
  ['TLS_SERVER_NAME', 'n', ({ tls }) => tls.serverName],
];

test.each(environments)('%s is read with either prefix, and ours wins', (name, value, pick) => {
  expect(pick(readSettings({}, { [`CONSUL_${name}`]: value }))).toBe(value);
  expect(pick(readSettings({}, { [`TRIBUNE_${name}`]: value, [`CONSUL_${name}`]: 'other:2' }))).toBe(value);
});

test('HTTP_SSL and HTTP_SSL_VERIFY are booleans', () => {
  const settings = readSettings({}, { CONSUL_HTTP_SSL: 'true', CONSUL_HTTP_SSL_VERIFY: '0' });
  expect(settings.address.isTls).toBe(true);
  expect(settings.tls.isVerified).toBe(false);
  expect(() => readSettings({}, { CONSUL_HTTP_SSL: 'yes' })).toThrow('HTTP_SSL');
});

test('a flag wins over the environment', () => {
  const env = { TRIBUNE_HTTP_ADDR: 'a:1', CONSUL_HTTP_TOKEN: 'a' };
  const settings = readSettings({ 'http-addr': 'b:2', token: 'b', stale: true, datacenter: 'dc2' }, env);
  expect(settings).toMatchObject({ address: { host: 'b', port: 2 }, token: 'b', isStale: true, datacenter: 'dc2' });
});

test('a token file wins over a token, and its last line end does not count', () => {
  const folder = mkdtempSync(join(tmpdir(), 'token-'));
  const path = join(folder, 'token');
  writeFileSync(path, 'secret\n');
  expect(readSettings({ 'token-file': path, token: 'other' }, {}).token).toBe('secret');
  expect(readSettings({}, { CONSUL_HTTP_TOKEN_FILE: path }).token).toBe('secret');
  rmSync(folder, { recursive: true });
  expect(() => readSettings({ 'token-file': path }, {})).toThrow(path);
});
