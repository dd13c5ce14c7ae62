import { CodedError, messageOf } from '@tribune/platform';
import { decodeCommand } from '../encoding/command-codec';
import type { Transaction } from '../transaction/transaction';
import type { TableCommand } from './command';
import { flawOf, isKnownCommand } from './command-shape';
import { applyCoordinateUpdate } from './coordinate';
import { applyDeregister } from './deregister';
import { applyLockDelayExpire, applyTombstoneReap } from './expiry';
import { applyKv } from './kv';
import type { Outcome } from './outcome';
import { applyRegister } from './register';
import { applySessionCreate, applySessionDestroy } from './session';
import { applySetting } from './setting';
import { applyTxn } from './txn';
import { UnknownCommandError } from './unknown-command';

/**
 * Applies a command as a whole or, when its outcome is an error, not at all. A command of an unknown type throws
 * {@link UnknownCommandError} and must stop the node; a known one with a field that is not what it must be is an error.
 */
export function applyCommand(txn: Transaction, command: TableCommand): Outcome {
  const type: unknown = command?.type;
  if (!isKnownCommand(type)) throw new UnknownCommandError(String(type));
  const flaw = flawOf(command);
  if (flaw !== undefined) return { kind: 'error', message: `Malformed command: ${flaw}` };
  const outcome = dispatch(txn, command);
  if (outcome.kind === 'error') txn.rollback();
  return outcome;
}

/** Why a leader must not put these bytes on the log; undefined when every server of this version can apply them. */
export function refusalOf(bytes: Uint8Array): string | undefined {
  try {
    const command = decodeCommand(bytes);
    const type: unknown = command?.type;
    return isKnownCommand(type) ? flawOf(command) : `command ${String(type)} is not known to this program`;
  } catch (error) {
    if (error instanceof CodedError) return messageOf(error);
    throw error;
  }
}

function dispatch(txn: Transaction, command: TableCommand): Outcome {
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
  }
}
