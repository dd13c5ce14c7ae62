import { AppliedVolume } from './applied-volume';

const MEBIBYTE = 1024 * 1024;

it('says how much was applied since an index', () => {
  const volume = new AppliedVolume();
  for (let index = 1; index <= 10; index++) volume.applied(index, 2 * MEBIBYTE);
  expect(volume.since(0)).toBe(20 * MEBIBYTE);
  expect(volume.since(7)).toBe(6 * MEBIBYTE);
  expect(volume.since(10)).toBe(0);
});

it('finds the index behind which no more than some bytes follow', () => {
  const volume = new AppliedVolume();
  expect(volume.indexBehind(100)).toBe(0);
  for (let index = 1; index <= 10; index++) volume.applied(index, 2 * MEBIBYTE);
  expect(volume.indexBehind(100 * MEBIBYTE)).toBe(0);
  expect(volume.indexBehind(6 * MEBIBYTE)).toBe(7);
  expect(volume.indexBehind(0)).toBe(10);
});

it('remembers marks, not entries', () => {
  const volume = new AppliedVolume();
  for (let index = 1; index <= 100_000; index++) volume.applied(index, 10);
  volume.forget(90_000);
  expect(volume.since(95_000)).toBeGreaterThan(49_000);
  expect(volume.since(95_000)).toBeLessThan(52_000);
});

it.each([90_000, 90_050, 99_999])('forgets what lies before %d and no more, wherever the marks are', (index) => {
  const volume = new AppliedVolume();
  for (let applied = 1; applied <= 100_000; applied++) volume.applied(applied, 10);
  const before = volume.since(index);
  volume.forget(index);
  expect(volume.since(index)).toBe(before);
  expect(before).toBeLessThan(10 * (100_000 - index + 128));
});
