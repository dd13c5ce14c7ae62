import { createServer } from 'node:net';
import { dialErrorText, listenErrorText, lookupErrorText, splitHostPort } from './dial-error';

const thrown = (code: string, more: object = {}): Error =>
  Object.assign(new Error(`connect ${code}`), { code, ...more });

test.each([
  [
    'a refused connection',
    thrown('ECONNREFUSED', { address: '127.0.0.1', port: 1 }),
    'dial tcp 127.0.0.1:1: connect: connection refused',
  ],
  [
    'of two tries the first',
    Object.assign(new AggregateError([thrown('EHOSTUNREACH', { address: '::1', port: 9 })]), { code: 'X' }),
    'dial tcp [::1]:9: connect: no route to host',
  ],
  ['a time-out', thrown('ETIMEDOUT'), 'dial tcp web:80: i/o timeout'],
  ['a reset', thrown('ECONNRESET'), 'read tcp web:80: read: connection reset by peer'],
  [
    'TLS where there is none',
    Object.assign(new Error('80:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../x.c:355:'), {
      code: 'ERR_SSL_WRONG_VERSION_NUMBER',
    }),
    'tls: wrong version number',
  ],
  ['a certificate', thrown('CERT_HAS_EXPIRED'), 'x509: certificate has expired or is not yet valid'],
])('%s reads as Go says it', (_, error, text) => {
  expect(dialErrorText('tcp', 'web:80', error)).toBe(text);
});

test('an unknown name is told with the server that did not know it', () => {
  expect(lookupErrorText(thrown('ENOTFOUND', { hostname: 'web' }), 'other')).toMatch(
    /^lookup web( on \S+:\d+)?: no such host$/,
  );
  expect(dialErrorText('tcp', 'web:80', thrown('EAI_AGAIN'))).toMatch(/^dial tcp: lookup web.*: server misbehaving$/);
  expect(lookupErrorText(thrown('ECONNREFUSED'), 'web')).toBeUndefined();
});

test('ports above 65535 are none', () => {
  expect([splitHostPort('[::1]:80'), splitHostPort('web:65536'), splitHostPort('web')]).toEqual([
    { host: '::1', port: 80 },
    undefined,
    undefined,
  ]);
});

test('a port that is taken', async () => {
  const first = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => first.once('listening', resolve));
  const { port } = first.address() as { port: number };
  const second = createServer().listen(port, '127.0.0.1');
  const error = await new Promise((resolve) => second.once('error', resolve));
  first.close();
  expect(listenErrorText(error)).toBe(`listen tcp 127.0.0.1:${port}: bind: address already in use`);
  expect(listenErrorText(new Error('odd'))).toBe('odd');
});
