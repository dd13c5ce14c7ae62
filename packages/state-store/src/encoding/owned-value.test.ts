import { ownedValue } from './owned-value';

test.each([0, 1, 64, 128, 129, 5000])('a copy of %d bytes is equal and its own', (length) => {
  const message = Buffer.alloc(length + 20, 'x');
  const view = message.subarray(10, 10 + length);
  const copy = ownedValue(view);
  message.fill('y');
  expect(Buffer.from(copy).equals(Buffer.alloc(length, 'x'))).toBe(true);
  expect(copy.buffer === message.buffer).toBe(false);
});

test('neighbours share memory, and none is written over', () => {
  const copies = Array.from({ length: 1000 }, (_, i) => ownedValue(Buffer.alloc(1 + (i % 128), i % 251)));
  copies.forEach((copy, i) => expect(Buffer.from(copy).equals(Buffer.alloc(1 + (i % 128), i % 251))).toBe(true));
  expect(new Set(copies.map((copy) => copy.buffer)).size).toBeLessThan(60);
});
