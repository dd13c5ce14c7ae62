import { readKvSet, writeKvSet } from './kv-set-codec';
import { ownedValue, sharedFlags } from './owned-value';
import { EncodingError, packVersioned, unpackVersioned, viewVersioned } from './packer';
import type { Command, KvOperation } from '../commands/command';
import type { Fields } from './row-codec';

/** KV commands are most of a busy log, so they travel as a list; the others as a map under their own field names. */
const KV = 0;
const OTHER = 1;
type KvVerb = KvOperation['verb'];
/** A verb's place is its number on the log: append only. */
const KV_VERBS: readonly KvVerb[] = ['set', 'cas', 'lock', 'unlock', 'delete', 'delete-cas', 'delete-tree'];

export function encodeCommand(command: Command): Uint8Array {
  if (command.type === 'kv' && command.operation.verb === 'set') {
    const bytes = writeKvSet(command.operation);
    if (bytes) return bytes;
  }
  return packVersioned(command.type === 'kv' ? [KV, ...kvFields(command.operation)] : [OTHER, command]);
}

/** The command as it was encoded. What kind it is, is for `applyCommand` to know. */
export function decodeCommand(bytes: Uint8Array): Command {
  const operation = readKvSet(bytes);
  if (operation) return { type: 'kv', operation };
  const fields = isKv(bytes) ? viewVersioned(bytes) : unpackVersioned(bytes);
  if (!Array.isArray(fields)) throw new EncodingError({ code: 'STATE_ENCODING' }, 'bytes are not a valid encoding');
  return fields[0] === KV ? { type: 'kv', operation: kvFrom(fields) } : (fields[1] as Command);
}

/** Version byte, a MessagePack list of at most 15, its first element. */
const isKv = (bytes: Uint8Array): boolean => (bytes[1]! & 0xf0) === 0x90 && bytes[2] === KV;

function kvFields(operation: KvOperation): Fields {
  const verb = KV_VERBS.indexOf(operation.verb);
  switch (operation.verb) {
    case 'set':
      return [verb, operation.key, operation.value, operation.flags];
    case 'cas':
      return [verb, operation.key, operation.value, operation.flags, operation.index];
    case 'lock':
    case 'unlock':
      return [verb, operation.key, operation.value, operation.flags, operation.session];
    case 'delete-cas':
      return [verb, operation.key, operation.index];
    case 'delete':
    case 'delete-tree':
      return [verb, operation.key];
  }
}

function kvFrom(fields: Fields): KvOperation {
  const [, number, key, third, flags, condition] = fields as [
    number,
    number,
    string,
    Uint8Array & number,
    bigint,
    never,
  ];
  const verb = KV_VERBS[number];
  switch (verb) {
    case 'set':
      return { verb, key, value: ownedValue(third), flags: sharedFlags(flags) };
    case 'cas':
      return { verb, key, value: ownedValue(third), flags: sharedFlags(flags), index: condition };
    case 'lock':
    case 'unlock':
      return { verb, key, value: ownedValue(third), flags: sharedFlags(flags), session: condition };
    case 'delete-cas':
      return { verb, key, index: third };
    case 'delete':
    case 'delete-tree':
      return { verb, key };
    default:
      throw new EncodingError({ code: 'STATE_ENCODING' }, `KV verb number ${number} is not known to this program`);
  }
}
