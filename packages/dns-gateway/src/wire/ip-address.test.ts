import { addressBytes, addressFromReverse } from './ip-address';

const hex = (bytes: Uint8Array | undefined): string | undefined => bytes && Buffer.from(bytes).toString('hex');

describe('an address', () => {
  it.each([
    ['10.0.0.1', '0a000001'],
    ['fd00::7', 'fd000000000000000000000000000007'],
    ['::', '0'.repeat(32)],
    ['::1', `${'0'.repeat(31)}1`],
    ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
    ['64:ff9b::10.0.0.1', '0064ff9b00000000000000000a000001'],
    ['::ffff:10.0.0.1', '0a000001'],
    ['fe80::1%eth0', 'fe800000000000000000000000000001'],
    ['db.example.com', undefined],
    ['', undefined],
  ])('%s is read as %s', (text, expected) => {
    expect(hex(addressBytes(text))).toBe(expected);
  });

  it.each([
    ['1.0.0.10.in-addr.arpa', '0a000001'],
    [`${'7.0.'.padEnd(60, '0.')}d.f.IP6.arpa`, 'fd000000000000000000000000000007'],
    ['0.10.in-addr.arpa', undefined],
    ['1.0.0.999.in-addr.arpa', undefined],
    ['x.arpa', undefined],
    ['arpa', undefined],
  ])('the reverse name %s stands for %s', (text, expected) => {
    expect(hex(addressFromReverse(text.split('.')))).toBe(expected);
  });
});
