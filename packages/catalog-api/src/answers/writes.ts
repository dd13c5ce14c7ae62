import type { ProposeResult, StateApi } from '@tribune/protocol';
import { decodeOutcome, encodeCommand, type Command, type Outcome } from '@tribune/state-store';
import { HttpError, noClusterLeader, serverError } from '../http/http-error';
import type { LeaderHold } from './leader-hold';

/** Every write of the state: proposes a command and turns what became of it into an answer. */
export class Writes {
  constructor(
    private readonly state: StateApi,
    private readonly hold: LeaderHold,
  ) {}

  /** What `apply` answered. An outcome of kind `error` is thrown as Consul's 500. */
  async propose(command: Command): Promise<Exclude<Outcome, { kind: 'error' }>> {
    const outcome = decodeOutcome(await this.proposeBytes(encodeCommand(command)));
    if (outcome.kind === 'error') throw serverError(outcome.message);
    return outcome;
  }

  /** For commands that only succeed or fail: the `true` or `false` of KV writes and registrations. */
  async ask(command: Command): Promise<boolean> {
    const outcome = await this.propose(command);
    return outcome.kind === 'done' ? outcome.ok : true;
  }

  private async proposeBytes(command: Uint8Array): Promise<Uint8Array> {
    const result = await this.hold.answer(() => this.state.propose(command));
    if (result.kind === 'applied') return result.outcome;
    throw failureOf(result);
  }
}

function failureOf(result: Exclude<ProposeResult, { kind: 'applied' }>): HttpError {
  switch (result.kind) {
    case 'noLeader':
      return noClusterLeader();
    case 'refused':
      return result.retryable ? new HttpError(503, result.reason, { retryAfterS: 1 }) : serverError(result.reason);
    case 'unknown':
      return serverError(result.reason);
  }
}
