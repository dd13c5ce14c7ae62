import { CodedError } from '@tribune/platform';
import type { Transaction } from '../transaction/transaction';
import type { Command } from './command';
import { applyCoordinateUpdate } from './coordinate';
import { applyDeregister } from './deregister';
import { applyLockDelayExpire, applyTombstoneReap } from './expiry';
import { applyKv } from './kv';
import type { Outcome } from './outcome';
import { applyRegister } from './register';
import { applySessionCreate, applySessionDestroy } from './session';
import { applySetting } from './setting';
import { applyTxn } from './txn';

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
    case 'register':
      return applyRegister(txn, command);
    case 'deregister':
      return applyDeregister(txn, command);
    case 'txn':
      return applyTxn(txn, command.operations);
    case 'session-create':
      return applySessionCreate(txn, command.session);
    case 'session-destroy':
      return applySessionDestroy(txn, command.id);
    case 'lock-delay-expire':
      return applyLockDelayExpire(txn, command);
    case 'tombstone-reap':
      return applyTombstoneReap(txn, command);
    case 'coordinate-update':
      return applyCoordinateUpdate(txn, command);
    case 'setting':
      return applySetting(txn, command);
    default:
      throw new UnknownCommandError(String((command as { type: unknown }).type));
  }
}
