import type { CoreView } from '@tribune/raft-core/testing';
import { Invariants, type Watched } from './invariants';

/** A server that holds entries of these terms from index 1 on. */
function server(id: string, term: number, terms: readonly number[], commitIndex = 0): Watched {
  const core = {
    role: 'follower',
    term,
    commitIndex,
    termAt: (index: number) => (index === 0 ? 0 : terms[index - 1]),
    status: () => ({ base: { index: 0, term: 0 } }),
  } as unknown as CoreView;
  return { id, core, machine: {}, clock: { monotonicMs: () => 0 } };
}

describe('leader completeness', () => {
  let invariants: Invariants;
  // Entry 2 of term 4 is committed by the leader of term 4.
  beforeEach(() => {
    invariants = new Invariants();
    invariants.leads(server('a', 4, [2, 4]), 4);
    invariants.observe(server('a', 4, [2, 4], 2));
  });

  it('a leader of a later term that lacks what is committed breaks it', () => {
    invariants.leads(server('b', 5, [2, 5]), 5);
    expect(invariants.violation).toBe('leader b of term 5 lacks committed entry 2');
  });

  it('a server that slept over its election wins an earlier term late, and need not have it', () => {
    invariants.leads(server('b', 3, [2, 3]), 3);
    expect(invariants.violation).toBeUndefined();
  });

  it('what was committed before its term it must have', () => {
    const earlier = new Invariants();
    earlier.observe(server('c', 2, [2], 1));
    earlier.leads(server('b', 3, [1, 3]), 3);
    expect(earlier.violation).toBe('leader b of term 3 lacks committed entry 1');
  });
});
