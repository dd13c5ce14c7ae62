import { checkCodec, kvCodec, nodeCodec, serviceCodec, type Fields } from './row-codec';
import { EncodingError, packVersioned, unpackVersioned } from './packer';
import type { Outcome, TxnError, TxnResult } from '../commands/outcome';

const DONE = 0;
const SESSION = 1;
const TXN = 2;
const ERROR = 3;

export function encodeOutcome(outcome: Outcome): Uint8Array {
  return packVersioned(outcomeFields(outcome));
}

export function decodeOutcome(bytes: Uint8Array): Outcome {
  const fields = unpackVersioned(bytes) as Fields;
  switch (fields[0]) {
    case DONE:
      return { kind: 'done', ok: fields[1] as boolean };
    case SESSION:
      return { kind: 'session', id: fields[1] as string };
    case TXN:
      return {
        kind: 'txn',
        results: (fields[1] as Fields[]).map(resultFrom),
        errors: (fields[2] as [number, string][]).map(errorFrom),
      };
    case ERROR:
      return { kind: 'error', message: fields[1] as string };
    default:
      throw new EncodingError(
        { code: 'STATE_ENCODING' },
        `outcome number ${String(fields[0])} is not known to this program`,
      );
  }
}

function outcomeFields(outcome: Outcome): Fields {
  switch (outcome.kind) {
    case 'done':
      return [DONE, outcome.ok];
    case 'session':
      return [SESSION, outcome.id];
    case 'txn':
      return [TXN, outcome.results.map(resultFields), outcome.errors.map((error) => [error.opIndex, error.what])];
    case 'error':
      return [ERROR, outcome.message];
  }
}

function resultFields(result: TxnResult): Fields {
  switch (result.kind) {
    case 'kv':
      return ['kv', kvCodec.toFields(result.entry), result.withValue];
    case 'node':
      return ['node', nodeCodec.toFields(result.node)];
    case 'service':
      return ['service', serviceCodec.toFields(result.service)];
    case 'check':
      return ['check', checkCodec.toFields(result.check)];
  }
}

function resultFrom(fields: Fields): TxnResult {
  const row = fields[1] as Fields;
  switch (fields[0]) {
    case 'kv':
      return { kind: 'kv', entry: kvCodec.fromFields(row), withValue: fields[2] as boolean };
    case 'node':
      return { kind: 'node', node: nodeCodec.fromFields(row) };
    case 'service':
      return { kind: 'service', service: serviceCodec.fromFields(row) };
    default:
      return { kind: 'check', check: checkCodec.fromFields(row) };
  }
}

function errorFrom([opIndex, what]: [number, string]): TxnError {
  return { opIndex, what };
}
