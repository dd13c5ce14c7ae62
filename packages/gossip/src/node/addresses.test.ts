import type { NetworkInterfaceInfo } from 'node:os';
import { advertisedAddress } from './advertise-address';
import { parseJoinAddress, resolveJoinAddress } from './join-addresses';
import { matchesExpression } from './tag-expression';

const nic = (address: string, internal = false) => ({ address, internal }) as NetworkInterfaceInfo;

describe('the advertised address', () => {
  const interfaces = [
    nic('127.0.0.1', true),
    nic('fe80::1'),
    nic('8.8.8.8'),
    nic('10.1.2.3'),
    nic('2001:db8::5'),
    nic('fd00::7'),
  ];

  it.each([
    ['what is configured', '192.0.2.1', '0.0.0.0', interfaces, '192.0.2.1'],
    ['the bound address', '', '10.9.9.9', interfaces, '10.9.9.9'],
    ['a private address', '', '0.0.0.0', interfaces, '10.1.2.3'],
    ['any other address', undefined, '0.0.0.0', [nic('127.0.0.1', true), nic('8.8.8.8')], '8.8.8.8'],
    [
      'a private IPv6 address when that is all there is',
      '',
      '::',
      [nic('fe80::1'), nic('2001:db8::5'), nic('fd00::7')],
      'fd00::7',
    ],
    ['loopback when there is nothing else', '', '0.0.0.0', [nic('127.0.0.1', true)], '127.0.0.1'],
  ])('is %s', (_, advertise, bind, present, expected) =>
    expect(advertisedAddress(advertise, bind, present)).toBe(expected),
  );
});

describe('addresses to join', () => {
  it.each([
    ['10.0.0.1', { host: '10.0.0.1', port: 8301 }],
    ['10.0.0.1:99', { host: '10.0.0.1', port: 99 }],
    ['::1', { host: '::1', port: 8301 }],
    ['[::1]', { host: '::1', port: 8301 }],
    ['[::1]:99', { host: '::1', port: 99 }],
    ['node-1/10.0.0.1:99', { host: '10.0.0.1', port: 99 }],
    ['example.internal:99', { host: 'example.internal', port: 99 }],
    ['a b', undefined],
    ['host:0', undefined],
    ['host:99999', undefined],
    ['', undefined],
  ])('%s', (text, expected) => expect(parseJoinAddress(text, 8301)).toEqual(expected));

  it('are resolved to canonical ones', async () => {
    expect(await resolveJoinAddress('[::FFFF:10.0.0.1]:5', 8301)).toEqual([{ host: '10.0.0.1', port: 5 }]);
    await expect(resolveJoinAddress('no host', 8301)).rejects.toThrow('no host: not a host or host:port');
  });
});

describe('tag expressions of queries', () => {
  it.each([
    ['^w.b$', 'web', true],
    ['^w.b$', 'db', false],
    ['(', 'web', false],
    ['x'.repeat(600), 'x'.repeat(600), false],
  ])('%s against %s', (expression, text, expected) => expect(matchesExpression(expression, text)).toBe(expected));

  it('that would take forever match nothing, soon', () => {
    const before = process.cpuUsage();
    expect(matchesExpression('^(a+)+$', `${'a'.repeat(40)}!`)).toBe(false);
    expect(process.cpuUsage(before).user).toBeLessThan(1_000_000);
  });
});
