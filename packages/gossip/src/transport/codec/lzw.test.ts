import { seededRandom } from '@tribune/platform';
import { compressLzw, decompressLzw } from './lzw';

const MIB = 1024 * 1024;

// What Go itself writes is covered by the recorded packets in test/vectors.test.ts.
describe('LZW', () => {
  it.each([0, 1, 2, 255, 256, 4095, 4096, 5000, 70_000])('gives back %i random bytes', (length) => {
    const bytes = seededRandom(length).bytes(length);
    expect(decompressLzw(compressLzw(bytes), MIB).equals(Buffer.from(bytes))).toBe(true);
  });

  it.each([1, 300, 4000, 300_000])('gives back %i bytes of repetition, much smaller', (length) => {
    const bytes = Buffer.alloc(length, 'abcab');
    const packed = compressLzw(bytes);
    expect(decompressLzw(packed, MIB).equals(bytes)).toBe(true);
    if (length >= 4000) expect(packed.length).toBeLessThan(length / 10);
  });

  it('stops at the limit, however little it was given', () => {
    const packed = compressLzw(Buffer.alloc(MIB));
    expect(packed.length).toBeLessThan(4000);
    expect(() => decompressLzw(packed, 1000)).toThrow(/exceeds limit of 1000/);
  });

  it('refuses streams that end early or use undefined codes', () => {
    expect(() => decompressLzw(Buffer.alloc(0), MIB)).toThrow(/cut short/);
    expect(() => decompressLzw(compressLzw(Buffer.from('hello')).subarray(0, 3), MIB)).toThrow(/cut short/);
    // Code 300 right after the clear code.
    expect(() => decompressLzw(Buffer.of(0x00, 0x59, 0x02, 0x00), MIB)).toThrow(/not defined/);
  });
});
