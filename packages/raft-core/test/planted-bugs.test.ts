/** Checkers that never fire prove nothing: each bug planted here must be found within a thousand seeds. */
import { RaftLog } from '../src/core/log';
import { Progress } from '../src/core/progress';
import { ReadIndexQueue } from '../src/core/read-index';
import { RaftState } from '../src/core/state';
import type { Configuration } from '../src/core/message';
import { Violation } from './simulation/checkers';
import { defaultProfile, type Profile, SimCluster } from './simulation/sim-cluster';
import type { ShellBugs } from './simulation/sim-server';

const SEEDS_MAX = 1000;

const harsh: Profile = { ...defaultProfile, crash: 0.02, partition: 0.02, loss: 0.1, membership: 0, steps: 800 };

function findWithin(bugs: ShellBugs, profile: Profile): Violation | undefined {
  for (let seed = 1; seed <= SEEDS_MAX; seed++) {
    try {
      new SimCluster(seed, profile, bugs).run();
    } catch (error) {
      // A broken invariant inside the core counts as well: production stops there instead of going on.
      return error as Violation;
    }
  }
  return undefined;
}

afterEach(() => jest.restoreAllMocks());

describe('a shell or disk with a bug is found out', () => {
  const planted: Record<string, ShellBugs> = {
    'the vote is not persisted': { forgetsVote: true },
    'the term is not persisted': { forgetsTerm: true, forgetsVote: true },
    'replaced entries come back after a restart': { keepsReplacedSuffix: true },
    'answers leave before the write is durable': { acknowledgesBeforeSync: true },
    'a write counts as durable when it begins': { reportsDurableEarly: true },
  };
  it.each(Object.entries(planted))('%s', (_name, bugs) => expect(findWithin(bugs, harsh)).toBeInstanceOf(Error));
});

describe('a core with a bug is found out', () => {
  it('votes for candidates with an older log', () => {
    jest.spyOn(RaftLog.prototype, 'isUpToDate').mockReturnValue(true);
    expect(findWithin({}, harsh)).toBeInstanceOf(Error);
  });

  it('appends without comparing what comes before', () => {
    const original = RaftLog.prototype.has;
    jest.spyOn(RaftLog.prototype, 'has').mockImplementation(function (this: RaftLog, position) {
      return 'kind' in position ? original.call(this, position) : position.index <= this.lastIndex;
    });
    expect(findWithin({}, harsh)).toBeInstanceOf(Error);
  });

  it('answers reads without asking a quorum', () => {
    const original = ReadIndexQueue.prototype.confirm;
    jest.spyOn(ReadIndexQueue.prototype, 'confirm').mockImplementation(function (this: ReadIndexQueue, from, token) {
      return original.call(this, from, token, () => true);
    });
    expect(findWithin({}, harsh)).toBeInstanceOf(Error);
  });

  it('takes sent for held', () => {
    const original = Progress.prototype.sent;
    jest.spyOn(Progress.prototype, 'sent').mockImplementation(function (this: Progress, count, commitIndex) {
      original.call(this, count, commitIndex);
      this.matchIndex = this.nextIndex - 1;
    });
    expect(findWithin({}, harsh)).toBeInstanceOf(Error);
  });

  it('asks only the new voters during a membership change', () => {
    jest.spyOn(RaftState.prototype, 'configuration', 'get').mockImplementation(function (
      this: RaftState,
    ): Configuration {
      return { ...this.history.latest.configuration, outgoing: [] };
    });
    const churning: Profile = { ...harsh, servers: 2, membership: 0.05 };
    expect(findWithin({}, churning)).toBeInstanceOf(Error);
  });
});
