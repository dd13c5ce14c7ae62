import { CodedError } from '@tribune/platform';
import type { Transaction } from '../transaction/transaction';
import type { Command } from './command';
import { applyKv } from './kv';
import type { Outcome } from './outcome';

/** A log entry from a newer program. The node stops rather than skip what its peers apply. */
export class UnknownCommandError extends CodedError<{ readonly code: 'STATE_COMMAND_UNKNOWN'; readonly type: string }> {
  constructor(what: string) {
    super({ code: 'STATE_COMMAND_UNKNOWN', type: what }, `command ${what} is not known to this program`);
  }
}

/** Applies a command as a whole or, when its outcome is an error, not at all. */
export function applyCommand(txn: Transaction, command: Command): Outcome {
  const outcome = dispatch(txn, command);
  if (outcome.kind === 'error') txn.rollback();
  return outcome;
}

function dispatch(txn: Transaction, command: Command): Outcome {
  switch (command.type) {
    case 'kv':
      return applyKv(txn, command.operation);
    default:
      throw new UnknownCommandError(String((command as { type: unknown }).type));
  }
}
