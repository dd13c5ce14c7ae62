import { crc32c } from './crc32c';

// RFC 3720, appendix B.4.
test.each([
  ['32 zero bytes', new Uint8Array(32), 0x8a9136aa],
  ['32 bytes of ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
  ['32 ascending bytes', Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
  ['the check string', Buffer.from('123456789'), 0xe3069283],
  ['nothing', new Uint8Array(0), 0],
])('%s', (_what, bytes, expected) => expect(crc32c(bytes)).toBe(expected));

it('can be carried from piece to piece', () => {
  const bytes = Uint8Array.from({ length: 1000 }, (_, i) => (i * 7) & 255);
  for (const cut of [0, 1, 7, 8, 9, 500, 1000]) {
    expect(crc32c(bytes.subarray(cut), crc32c(bytes.subarray(0, cut)))).toBe(crc32c(bytes));
  }
});
