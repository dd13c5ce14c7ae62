import type { Clock } from '@tribune/platform';
import type { DriveLoop } from './drive-loop';
import { LogPace } from './log-pace';
import type { RaftNodeOptions } from './options';
import type { ProposeOutcome } from './outcomes';
import type { Answer, CountOutcomes, PendingProposals } from './pending-proposals';

export interface ProposalIntakeCollaborators {
  readonly loop: DriveLoop;
  readonly proposals: PendingProposals;
  readonly clock: Clock;
  readonly diskIsShort: () => boolean;
  readonly logIsTooLong: () => boolean;
  readonly count: CountOutcomes;
}

/** The door for commands: every bound has its answer here, before anything is in the log. */
export class ProposalIntake {
  private readonly pace: LogPace;

  constructor(
    private readonly options: Pick<RaftNodeOptions, 'commandBytesMax' | 'proposalsMax'>,
    private readonly collaborators: ProposalIntakeCollaborators,
  ) {
    this.pace = new LogPace(collaborators.logIsTooLong, collaborators.clock);
  }

  propose(command: Uint8Array, answer: Answer): void {
    const refusal = this.refusalOf(command);
    if (refusal) return this.turnAway(refusal, answer);
    const admission = this.pace.admission(command.byteLength);
    if (!admission) return this.enter(command, answer);
    void admission.then((isAdmitted) => {
      if (isAdmitted) this.enter(command, answer);
      else this.turnAway(refused('the log grows faster than it can be cleared'), answer);
    });
  }

  /** The log may have become shorter. */
  release(): void {
    this.pace.release();
  }

  /** This server is not the one to ask any more. */
  end(): void {
    this.pace.end();
  }

  private enter(command: Uint8Array, answer: Answer): void {
    const { loop, proposals } = this.collaborators;
    if (!loop.isRunning) return this.turnAway(notRunning, answer);
    const result = loop.core.propose([command]);
    if (result.kind !== 'accepted') return this.turnAway(result, answer);
    loop.wake();
    proposals.wait(result.firstIndex, result.term, loop.dueSinceMs, answer);
  }

  /** It is not in the log. */
  private turnAway(outcome: ProposeOutcome, answer: Answer): void {
    this.collaborators.count(outcome.kind, 1);
    answer(outcome, 0);
  }

  /** What this server does not even take to its own log. */
  private refusalOf(command: Uint8Array): ProposeOutcome | undefined {
    const { commandBytesMax, proposalsMax } = this.options;
    const { loop, proposals, diskIsShort } = this.collaborators;
    if (!loop.isRunning) return notRunning;
    if (command.byteLength > commandBytesMax)
      return refused(`the command has ${command.byteLength} bytes, the log takes at most ${commandBytesMax}`, false);
    if (proposals.count + this.pace.count >= proposalsMax) return refused('too many proposals wait');
    if (diskIsShort()) return refused('the disk of the leader is nearly full');
    return undefined;
  }
}

const refused = (reason: string, retryable = true): ProposeOutcome => ({ kind: 'refused', reason, retryable });
const notRunning = refused('this server is not running');
