import { parseAddress } from './address';

test.each([
  ['127.0.0.1:8500', { isTls: false, host: '127.0.0.1', port: 8500, label: 'http://127.0.0.1:8500' }],
  [':8500', { isTls: false, host: '127.0.0.1', port: 8500, label: 'http://:8500' }],
  ['http://h:1/', { isTls: false, host: 'h', port: 1, label: 'http://h:1' }],
  ['https://h', { isTls: true, host: 'h', port: 443, label: 'https://h' }],
  ['[::1]:8500', { isTls: false, host: '::1', port: 8500, label: 'http://[::1]:8500' }],
])('%s', (given, expected) => {
  expect(parseAddress(given, false)).toEqual(expected);
});

test('without a scheme, HTTP_SSL decides', () => {
  expect(parseAddress('h:1', true)).toMatchObject({ isTls: true, label: 'https://h:1' });
  expect(parseAddress('http://h:1', true)).toMatchObject({ isTls: false });
});

test('a unix socket', () => {
  expect(parseAddress('unix:///run/agent.sock', true)).toMatchObject({ isTls: false, socketPath: '/run/agent.sock' });
});

test.each(['h:99999', 'h:x', 'ftp://h:1', 'unix://', 'h:1/path'])('%s is refused by name', (given) => {
  expect(() => parseAddress(given, false)).toThrow(`-http-addr: ${JSON.stringify(given)}`);
});
