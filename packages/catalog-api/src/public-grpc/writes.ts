import { ApiError, type ProposeResult, type StateApi } from '@tribune/protocol';
import { decodeOutcome, encodeCommand, type Command, type Outcome } from '@tribune/state-store';
import type { LeaderHold } from '../answers/leader-hold';
import { noLeader } from './reads';

export interface Written {
  readonly revision: number;
  readonly outcome: Outcome;
}

/** Commands of the public API: proposed again only while it is certain that they were not applied. */
export class Writes {
  constructor(
    private readonly state: StateApi,
    private readonly hold: LeaderHold,
  ) {}

  async propose(command: Command): Promise<Written> {
    const bytes = encodeCommand(command);
    const result = await this.hold.answer(() => this.state.propose(bytes));
    if (result.kind !== 'applied') throw failureOf(result);
    return { revision: result.revision, outcome: decodeOutcome(result.outcome) };
  }

  /** For commands that answer yes or no. What the state machine refuses outright is FAILED_PRECONDITION. */
  async ask(command: Command): Promise<{ readonly revision: number; readonly ok: boolean }> {
    const { revision, outcome } = await this.propose(command);
    if (outcome.kind === 'error') throw new ApiError({ code: 'FAILED_PRECONDITION' }, outcome.message);
    return { revision, ok: outcome.kind !== 'done' || outcome.ok };
  }
}

function failureOf(result: Exclude<ProposeResult, { kind: 'applied' }>): ApiError {
  switch (result.kind) {
    case 'noLeader':
      return noLeader();
    case 'refused':
      return result.retryable
        ? new ApiError({ code: 'RESOURCE_EXHAUSTED' }, result.reason)
        : new ApiError({ code: 'FAILED_PRECONDITION' }, result.reason);
    case 'unknown':
      return new ApiError({ code: 'UNKNOWN' }, result.reason);
  }
}
