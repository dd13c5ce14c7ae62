import { SimClock } from '@tribune/testkit';
import type { Entry } from '../core/message';
import type { ProposeOutcome } from './outcomes';
import { PendingProposals } from './pending-proposals';

const entry = (index: number, term: number): Entry => ({ index, term, kind: 'command', data: new Uint8Array() });

describe('proposals of a leader that was deposed', () => {
  let clock: SimClock;
  let pending: PendingProposals;
  let outcome: ProposeOutcome | undefined;

  beforeEach(() => {
    clock = new SimClock();
    pending = new PendingProposals(clock);
    outcome = undefined;
    pending.wait(7, 3, 0, (settled) => (outcome = settled));
    pending.doubt(3, 'deposed');
  });

  const settled = async (): Promise<ProposeOutcome | undefined> => {
    await new Promise(setImmediate);
    return outcome;
  };
  const apply = (...entries: Entry[]): void =>
    pending.applied(
      entries,
      entries.map(({ index }) => `result ${index}`),
      () => undefined,
    );

  it('are answered when the successor commits them', async () => {
    expect(await settled()).toBeUndefined();
    apply(entry(6, 3), entry(7, 3));
    expect(await settled()).toEqual({ kind: 'applied', index: 7, result: 'result 7' });
  });

  it('are certainly not done when it commits something else in their place', async () => {
    apply(entry(7, 4));
    expect(await settled()).toEqual({ kind: 'notLeader' });
  });

  it('are unknown when no news comes', async () => {
    clock.advance(4_999);
    expect(await settled()).toBeUndefined();
    clock.advance(1);
    expect(await settled()).toEqual({ kind: 'unknown', reason: 'deposed' });
  });

  it('are unknown at once when this server stops, and no timer is left', async () => {
    pending.abandon('stopping');
    expect(await settled()).toEqual({ kind: 'unknown', reason: 'stopping' });
    expect(clock.pending).toBe(0);
  });

  it('are unknown when this server leads again and puts another entry in their place', async () => {
    pending.wait(7, 5, 0, () => undefined);
    expect(await settled()).toMatchObject({ kind: 'unknown' });
    clock.advance(5_000);
    expect(pending.count).toBe(1);
  });

  it('wait on beside those of a shorter log that goes on in their place', async () => {
    const answers: [number, string][] = [];
    const note = (index: number) => (answer: ProposeOutcome) => answers.push([index, answer.kind]);
    pending.wait(5, 5, 0, note(5));
    pending.wait(6, 5, 0, note(6));
    expect(pending.count).toBe(3);
    apply(entry(5, 5));
    apply(entry(6, 5), entry(7, 5));
    expect(answers).toEqual([
      [5, 'applied'],
      [6, 'applied'],
    ]);
    expect(await settled()).toEqual({ kind: 'notLeader' });
    expect(pending.count).toBe(0);
  });

  it('are not answered by entries behind a snapshot that passed them by', async () => {
    pending.wait(20, 5, 0, () => undefined);
    apply(entry(19, 5), entry(20, 5));
    expect(await settled()).toBeUndefined();
    clock.advance(5_000);
    expect(await settled()).toEqual({ kind: 'unknown', reason: 'deposed' });
  });
});
