/** `raft.v1` messages and our own, in pairs. Decoding trusts nothing: what is not a message of ours throws. */
import type { Append, Entry, EntryKind, LogPosition, Message } from '../core/message';
import { packEntries, unpackEntries } from './packed-entries';
import { integer, invalid } from './wire-fields';

export { integer, invalid } from './wire-fields';

export interface WirePosition {
  index: string | number;
  term: string | number;
}

interface WireEntry {
  term: string | number;
  kind: string;
  data: Uint8Array;
}

/** As @grpc/proto-loader gives it: 64-bit numbers as text, `body` naming the field that is set. */
export interface WireMessage {
  from: string;
  to: string;
  term: string | number;
  body?: string;
  voteRequest?: { preVote: boolean; transfer: boolean; last: WirePosition | null };
  voteResponse?: { preVote: boolean; granted: boolean };
  append?: {
    previous: WirePosition | null;
    /** One of these two is empty. */
    entries: WireEntry[];
    packed?: Uint8Array;
    commitIndex: string | number;
  };
  appendAccepted?: { matchIndex: string | number };
  appendRejected?: { rejected: string | number; hint: WirePosition | null; recovering: boolean };
  heartbeat?: { commitIndex: string | number; readToken: string | number };
  heartbeatResponse?: { readToken: string | number };
  timeoutNow?: object;
}

const WIRE_KINDS: Record<EntryKind, string> = { command: 'COMMAND', noop: 'NOOP', configuration: 'CONFIGURATION' };
const KINDS = new Map(Object.entries(WIRE_KINDS).map(([kind, wire]) => [wire, kind as EntryKind]));

/** How the entries of an append are written; only who says so reads packed ones. */
export type EntriesForm = 'packed' | 'messages';

export function messageToWire(message: Message, form: EntriesForm = 'messages'): WireMessage {
  const { from, to, term, type, ...fields } = message;
  if (message.type === 'installSnapshot') throw invalid('body', 'a snapshot travels on its own stream');
  if (message.type !== 'append') return { from, to, term, [type]: fields };
  const { previous, commitIndex } = message;
  return { from, to, term, append: { previous, commitIndex, ...entriesToWire(message.entries, form) } };
}

function entriesToWire(entries: Append['entries'], form: EntriesForm): { entries: WireEntry[]; packed?: Uint8Array } {
  if (entries.length === 0) return { entries: [] };
  if (form === 'packed') return { entries: [], packed: packEntries(entries) };
  return { entries: entries.map(({ term, kind, data }) => ({ term, kind: WIRE_KINDS[kind], data })) };
}

export function messageFromWire(wire: WireMessage): Message {
  const envelope = { from: wire.from, to: wire.to, term: integer(wire.term, 'term') };
  switch (wire.body) {
    case 'voteRequest': {
      const { preVote, transfer, last } = wire.voteRequest!;
      return { ...envelope, type: 'voteRequest', preVote, transfer, last: positionFromWire(last, 'last') };
    }
    case 'voteResponse':
      return { ...envelope, type: 'voteResponse', ...pick(wire.voteResponse!) };
    case 'append': {
      const previous = positionFromWire(wire.append!.previous, 'previous');
      const entries = entriesFromWire(wire.append!, previous.index + 1);
      return {
        ...envelope,
        type: 'append',
        previous,
        entries,
        commitIndex: integer(wire.append!.commitIndex, 'commitIndex'),
      };
    }
    case 'appendAccepted':
      return {
        ...envelope,
        type: 'appendAccepted',
        matchIndex: integer(wire.appendAccepted!.matchIndex, 'matchIndex'),
      };
    case 'appendRejected': {
      const { rejected, hint, recovering } = wire.appendRejected!;
      const position = positionFromWire(hint, 'hint');
      return {
        ...envelope,
        type: 'appendRejected',
        rejected: integer(rejected, 'rejected'),
        hint: position,
        recovering,
      };
    }
    case 'heartbeat': {
      const { commitIndex, readToken } = wire.heartbeat!;
      return {
        ...envelope,
        type: 'heartbeat',
        commitIndex: integer(commitIndex, 'commitIndex'),
        readToken: integer(readToken, 'readToken'),
      };
    }
    case 'heartbeatResponse':
      return {
        ...envelope,
        type: 'heartbeatResponse',
        readToken: integer(wire.heartbeatResponse!.readToken, 'readToken'),
      };
    case 'timeoutNow':
      return { ...envelope, type: 'timeoutNow' };
    default:
      throw invalid('body', `${wire.body ?? 'nothing'} is not a message`);
  }
}

export function positionFromWire(wire: WirePosition | null, field: string): LogPosition {
  if (!wire) throw invalid(field, 'missing');
  return { index: integer(wire.index, `${field}.index`), term: integer(wire.term, `${field}.term`) };
}

function entriesFromWire({ entries, packed }: NonNullable<WireMessage['append']>, first: number): readonly Entry[] {
  if (!packed || packed.length === 0) return entries.map((entry, i) => entryFromWire(entry, first + i));
  if (entries.length > 0) throw invalid('packed', 'the entries came twice');
  return unpackEntries(packed, first);
}

function entryFromWire({ term, kind, data }: WireEntry, index: number): Entry {
  const known = KINDS.get(kind);
  if (!known) throw invalid('entries.kind', `${kind} is unknown`);
  return { index, term: integer(term, 'entries.term'), kind: known, data };
}

const pick = ({
  preVote,
  granted,
}: {
  preVote: boolean;
  granted: boolean;
}): { preVote: boolean; granted: boolean } => ({
  preVote,
  granted,
});
