import { CodedError } from '@tribune/platform';
import type { Configuration, Server } from './message';

const VERSION = 1;

export class ConfigurationError extends CodedError<{ code: 'RAFT_CONFIGURATION_UNREADABLE' }> {}

/** One version byte and JSON: rare, small, and readable in a hex dump when everything else has failed. */
export function encodeConfiguration({ voters, outgoing, learners }: Configuration): Uint8Array {
  const plain = ({ id, address }: Server): Server => ({ id, address });
  const json = JSON.stringify({
    voters: voters.map(plain),
    outgoing: outgoing.map(plain),
    learners: learners.map(plain),
  });
  const text = new TextEncoder().encode(json);
  const bytes = new Uint8Array(text.byteLength + 1);
  bytes[0] = VERSION;
  bytes.set(text, 1);
  return bytes;
}

export function decodeConfiguration(bytes: Uint8Array): Configuration {
  if (bytes[0] !== VERSION) throw unreadable(`version ${bytes[0]} is not known here`);
  const value = parse(bytes.subarray(1));
  return {
    voters: serversOf(value, 'voters'),
    outgoing: serversOf(value, 'outgoing'),
    learners: serversOf(value, 'learners'),
  };
}

function parse(text: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text));
  } catch (cause) {
    throw unreadable('not JSON', cause);
  }
}

function serversOf(value: unknown, field: string): Server[] {
  const list: unknown = (value as Record<string, unknown> | null)?.[field];
  if (!Array.isArray(list)) throw unreadable(`${field} is not a list`);
  return list.map((item: Partial<Server> | null) => {
    if (typeof item?.id !== 'string' || typeof item.address !== 'string') throw unreadable(`${field} holds no server`);
    return { id: item.id, address: item.address };
  });
}

const unreadable = (reason: string, cause?: unknown): ConfigurationError =>
  new ConfigurationError({ code: 'RAFT_CONFIGURATION_UNREADABLE' }, `configuration entry: ${reason}`, { cause });
