import { addressBytes, addressText, canonicalAddress } from './address';

describe('addresses', () => {
  it.each([
    ['127.0.0.1', '7f000001'],
    ['2001:db8::1', '20010db8000000000000000000000001'],
    ['::', '00000000000000000000000000000000'],
    ['::1', '00000000000000000000000000000001'],
    ['fe80::a:0:0:1', 'fe8000000000000000' + '0a' + '000000000001'],
    ['2001:db8:0:1:1:1:1:1', '20010db8000000010001000100010001'],
  ])('%s is %s and back', (text, hex) => {
    expect(addressBytes(text).toString('hex')).toBe(hex);
    expect(addressText(Buffer.from(hex, 'hex'))).toBe(text);
  });

  it.each([
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['2001:0DB8:0000::0001', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['64:ff9b::192.0.2.1', '64:ff9b::c000:201'],
  ])('%s is compared as %s', (text, canonical) => expect(canonicalAddress(text)).toBe(canonical));

  it('have 4 or 16 bytes', () => {
    for (const length of [0, 3, 5, 15, 17]) expect(() => addressText(Buffer.alloc(length))).toThrow(/4 or 16 bytes/);
  });
});
