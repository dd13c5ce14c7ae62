import type { MemberRecord } from '../core/member-table';
import { LamportClock } from './lamport-clock';
import { MemberBook, type MemberChange } from './member-book';
import { encodeTags } from './tags-codec';

const aRecord = (name: string, overrides: Partial<MemberRecord> = {}): MemberRecord => ({
  name,
  host: '10.0.0.1',
  port: 8301,
  meta: encodeTags({ role: 'node' }),
  versions: [1, 5, 2, 2, 5, 4],
  incarnation: 1,
  state: 'alive',
  changedAtMs: 0,
  ...overrides,
});

describe('the member book', () => {
  const changes: MemberChange[] = [];
  const kinds = (): string[] => changes.map(({ kind, member }) => `${kind} ${member.name} ${member.status}`);
  let book: MemberBook;
  let clock: LamportClock;
  beforeEach(() => {
    changes.length = 0;
    clock = new LamportClock();
    book = new MemberBook(clock, (change) => changes.push(change));
  });

  it('calls a member that goes silent failed, and one that said good-bye left', () => {
    for (const name of ['a', 'b']) book.joined(aRecord(name));
    book.leaveIntent({ kind: 'leave', ltime: 5, node: 'b', prune: false }, 0);
    expect(book.get('b')?.status).toBe('leaving');
    for (const name of ['a', 'b']) book.departed(aRecord(name, { state: 'dead' }), 10);
    expect(kinds()).toEqual(['join a alive', 'join b alive', 'failed a failed', 'leave b left']);
    expect(clock.time).toBe(6);
  });

  it('believes the member itself when its intent got lost', () => {
    book.joined(aRecord('a'));
    book.departed(aRecord('a', { state: 'left' }), 10);
    expect(book.get('a')?.status).toBe('left');
  });

  it('turns a failed member into one that left when told so', () => {
    book.joined(aRecord('a'));
    book.departed(aRecord('a', { state: 'dead' }), 10);
    expect(book.leaveIntent({ kind: 'leave', ltime: 9, node: 'a', prune: false }, 20)).toBe(true);
    expect(kinds().at(-1)).toBe('leave a left');
    expect(book.leaveIntent({ kind: 'leave', ltime: 9, node: 'a', prune: false }, 20)).toBe(false);
  });

  it('lets the later intent win, whatever the order of arrival', () => {
    book.joined(aRecord('a'));
    expect(book.joinIntent({ kind: 'join', ltime: 8, node: 'a' }, 0)).toBe(true);
    expect(book.leaveIntent({ kind: 'leave', ltime: 7, node: 'a', prune: false }, 0)).toBe(false);
    expect(book.get('a')?.status).toBe('alive');
    book.leaveIntent({ kind: 'leave', ltime: 9, node: 'a', prune: false }, 0);
    book.joinIntent({ kind: 'join', ltime: 10, node: 'a' }, 0);
    expect(book.get('a')?.status).toBe('alive');
  });

  it('remembers an intent that overtook the member', () => {
    expect(book.leaveIntent({ kind: 'leave', ltime: 4, node: 'a', prune: false }, 0)).toBe(true);
    expect(book.leaveIntent({ kind: 'leave', ltime: 3, node: 'a', prune: false }, 0)).toBe(false);
    book.joined(aRecord('a'));
    expect(book.get('a')?.status).toBe('leaving');
    expect(book.statusLtime('a')).toBe(4);
  });

  it('bounds the intents it remembers', () => {
    for (let i = 0; i < 9000; i++) book.joinIntent({ kind: 'join', ltime: i + 1, node: `n${i}` }, 0);
    book.joined(aRecord('n0'));
    book.joined(aRecord('n8999'));
    expect([book.statusLtime('n0'), book.statusLtime('n8999')]).toEqual([0, 9000]);
  });

  it('forgets the failed and the left after their times', () => {
    for (const name of ['failed', 'left', 'alive']) book.joined(aRecord(name));
    book.departed(aRecord('failed', { state: 'dead' }), 0);
    book.departed(aRecord('left', { state: 'left' }), 0);
    const timeouts = { failedMs: 100, leftMs: 50, intentMs: 10 };
    book.reap(50, timeouts);
    expect(book.size).toBe(3);
    book.reap(51, timeouts);
    expect(kinds().at(-1)).toBe('reap left left');
    book.reap(101, timeouts);
    expect(kinds().at(-1)).toBe('reap failed failed');
    book.reap(1e9, timeouts);
    expect(book.size).toBe(1);
  });

  it('shows new tags and addresses', () => {
    book.joined(aRecord('a'));
    book.updated(aRecord('a', { meta: encodeTags({ role: 'consul', dc: 'dc1' }) }));
    expect(changes.at(-1)).toMatchObject({ kind: 'update', member: { tags: { role: 'consul', dc: 'dc1' } } });
  });

  it('takes meta data without the magic byte for a role, and unreadable tags for none', () => {
    book.joined(aRecord('old', { meta: Buffer.from('web') }));
    book.joined(aRecord('odd', { meta: Buffer.of(255, 0xc1) }));
    expect(book.get('old')?.tags).toEqual({ role: 'web' });
    expect(book.get('odd')?.tags).toEqual({});
  });
});
