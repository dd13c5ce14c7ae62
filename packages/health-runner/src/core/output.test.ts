import { cutHead, TailBuffer, truncateHead } from './output';

test('a short output stays as it is', () => {
  expect(truncateHead('abc', 3)).toBe('abc');
});

test('a long note keeps its head and says how much there was', () => {
  expect(truncateHead('abcdef', 4)).toBe('abcd ... (captured 4 of 6 bytes)');
});

test('a character is never cut in two', () => {
  expect(cutHead(Buffer.from('aé'), 2).toString()).toBe('a');
  expect(cutHead(Buffer.from('aé'), 3).toString()).toBe('aé');
});

test('a long stream keeps its tail and says how much there was', () => {
  const tail = new TailBuffer(4);
  for (const chunk of ['ab', 'cdefgh', 'ij']) tail.write(Buffer.from(chunk));
  expect(tail.toString()).toBe('Captured 4 of 10 bytes\n...\nghij');
});

test('a stream that fits is kept whole', () => {
  const tail = new TailBuffer(4);
  expect([tail.isEmpty, tail.toString()]).toEqual([true, '']);
  tail.write(Buffer.from('abcd'));
  expect([tail.isEmpty, tail.toString()]).toEqual([false, 'abcd']);
});
