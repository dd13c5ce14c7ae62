import { seededRandom } from '@tribune/platform';
import { MemberTable, isGone, type MemberRecord } from './member-table';

const aMember = (name: string, state: MemberRecord['state'] = 'alive'): MemberRecord => ({
  name,
  host: '10.0.0.1',
  port: 8301,
  meta: new Uint8Array(),
  versions: [1, 5, 2, 2, 5, 4],
  incarnation: 1,
  state,
  changedAtMs: 0,
});

const tableOf = (count: number): MemberTable => {
  const table = new MemberTable();
  for (let i = 0; i < count; i++) table.add(aMember(`n${i}`), seededRandom(i));
  return table;
};
const anybody = (): boolean => true;
const nobody = (): boolean => false;

describe('the member table', () => {
  it('probes every member once per round, in another order each round', () => {
    const table = tableOf(50);
    const random = seededRandom(1);
    const round = (): string[] => Array.from({ length: 50 }, () => table.nextToProbe(random, anybody, nobody)!.name);
    const [first, second] = [round(), round()];
    expect(new Set(first).size).toBe(50);
    expect(new Set(second).size).toBe(50);
    expect(second).not.toEqual(first);
  });

  it('finds the only eligible member wherever it is', () => {
    const table = tableOf(20);
    const random = seededRandom(2);
    for (let i = 0; i < 40; i++) {
      expect(table.nextToProbe(random, ({ name }) => name === 'n7', nobody)?.name).toBe('n7');
    }
    expect(table.nextToProbe(random, nobody, nobody)).toBeUndefined();
  });

  it('forgets expired members at the end of a round', () => {
    const table = tableOf(5);
    table.replace(aMember('n3', 'dead'));
    const random = seededRandom(3);
    for (let i = 0; i < 10; i++) table.nextToProbe(random, (record) => !isGone(record), isGone);
    expect(table.get('n3')).toBeUndefined();
    expect(table.size).toBe(4);
  });

  it('chooses different members, and in small pools everybody who is eligible', () => {
    const random = seededRandom(4);
    const small = tableOf(5);
    expect(
      small
        .randomMembers(3, random, ({ name }) => name === 'n1' || name === 'n2')
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['n1', 'n2']);
    const large = tableOf(100);
    for (let i = 0; i < 50; i++) {
      const chosen = large.randomMembers(3, random, anybody);
      expect(new Set(chosen.map(({ name }) => name)).size).toBe(3);
    }
  });

  it('chooses all members about equally often', () => {
    const table = tableOf(20);
    const random = seededRandom(6);
    const counts = new Map<string, number>();
    for (let i = 0; i < 4000; i++) {
      for (const { name } of table.randomMembers(3, random, anybody)) counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    for (const count of counts.values()) expect(Math.abs(count - 600)).toBeLessThan(120);
  });

  it('can be shared, and then each copy changes alone', () => {
    const original = tableOf(3);
    const copy = original.share(seededRandom(1));
    copy.replace(aMember('n1', 'dead'));
    original.add(aMember('n9'), seededRandom(2));
    expect(original.get('n1')?.state).toBe('alive');
    expect(copy.get('n9')).toBeUndefined();
  });
});
