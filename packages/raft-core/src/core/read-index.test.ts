import { ReadIndexQueue } from './read-index';

const always = (): boolean => true;
const counter = (): (() => number) => {
  let token = 0;
  return () => ++token;
};

it('one round confirms everything that waited when it began, at the index of then', () => {
  const reads = new ReadIndexQueue(counter());
  reads.add(1);
  reads.add(2);
  expect(reads.begin(7, 0)).toBe(true);
  reads.add(3);
  expect(reads.confirm('b', reads.token, always)).toEqual({ index: 7, reads: [1, 2], beganMs: 0 });
  expect(reads.pending).toEqual([3]);
});

it('a later read never joins a round that is under way', () => {
  const reads = new ReadIndexQueue(counter());
  reads.add(1);
  reads.begin(7, 0);
  reads.add(2);
  expect(reads.begin(9, 0)).toBe(false);
  reads.confirm('b', reads.token, always);
  expect(reads.begin(9, 0)).toBe(true);
  expect(reads.confirm('b', reads.token, always)).toEqual({ index: 9, reads: [2], beganMs: 0 });
});

it('answers with another token confirm nothing, and tokens are not reused', () => {
  const nextToken = counter();
  const reads = new ReadIndexQueue(nextToken);
  reads.add(1);
  reads.begin(7, 0);
  const { token } = reads;
  expect(reads.confirm('b', token - 1, always)).toBeUndefined();
  expect(reads.confirm('b', 0, always)).toBeUndefined();
  const afterReelection = new ReadIndexQueue(nextToken);
  afterReelection.add(1);
  afterReelection.begin(8, 0);
  expect(afterReelection.token).toBeGreaterThan(token);
});

it('waits for a quorum of different servers', () => {
  const reads = new ReadIndexQueue(counter());
  reads.add(1);
  reads.begin(7, 0);
  const twoOthers = (confirmedBy: ReadonlySet<string>): boolean => confirmedBy.size >= 2;
  expect(reads.confirm('b', reads.token, twoOthers)).toBeUndefined();
  expect(reads.confirm('b', reads.token, twoOthers)).toBeUndefined();
  expect(reads.confirm('c', reads.token, twoOthers)).toMatchObject({ reads: [1] });
});

it('has nothing to begin when nobody waits', () => {
  const reads = new ReadIndexQueue(counter());
  expect(reads.begin(1, 0)).toBe(false);
  expect(reads.token).toBe(0);
});
