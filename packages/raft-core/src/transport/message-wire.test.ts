import { loadService } from '@tribune/protocol';
import type { Message } from '../core/message';
import { messageFromWire, messageToWire, type EntriesForm, type WireMessage } from './message-wire';
import { packEntries } from './packed-entries';

const envelope = { from: 'a', to: 'b', term: 2 ** 40 };
const position = { index: 7, term: 3 };
const messages: Message[] = [
  { ...envelope, type: 'voteRequest', preVote: true, transfer: false, last: position },
  { ...envelope, type: 'voteResponse', preVote: false, granted: true },
  {
    ...envelope,
    type: 'append',
    previous: position,
    commitIndex: 6,
    entries: [
      { index: 8, term: 3, kind: 'command', data: Buffer.from([0, 255, 128]) },
      { index: 9, term: 4, kind: 'noop', data: Buffer.alloc(0) },
      { index: 10, term: 4, kind: 'configuration', data: Buffer.from('x') },
    ],
  },
  { ...envelope, type: 'append', previous: { index: 0, term: 0 }, commitIndex: 0, entries: [] },
  { ...envelope, type: 'appendAccepted', matchIndex: 9 },
  { ...envelope, type: 'appendRejected', rejected: 9, hint: position, recovering: true },
  { ...envelope, type: 'heartbeat', commitIndex: 5, readToken: 11 },
  { ...envelope, type: 'heartbeatResponse', readToken: 0 },
  { ...envelope, type: 'timeoutNow' },
];

/** Through the very serializer that gRPC uses. */
function overTheWire(message: Message, form: EntriesForm): WireMessage {
  const { requestSerialize, requestDeserialize } = loadService('tribune.raft.v1.RaftTransport').definition['Exchange']!;
  return requestDeserialize(requestSerialize(messageToWire(message, form))) as WireMessage;
}

describe.each<EntriesForm>(['messages', 'packed'])('entries as %s', (form) => {
  test.each(messages.map((message) => [message.type, message] as const))('%s survives the wire', (_type, message) => {
    expect(messageFromWire(overTheWire(message, form))).toEqual(message);
  });
});

const packed = packEntries([{ index: 8, term: 3, kind: 'command', data: Buffer.from('command') }]);
test.each([
  ['of a later version', Buffer.from([2]), 'packed'],
  ['of an unknown kind', Buffer.from([1, 9, ...packed.subarray(2)]), 'packed.kind'],
  ['of a term beyond exact integers', Buffer.from([1, 0, 0xff, ...packed.subarray(3)]), 'packed.term'],
  ['cut in a header', packed.subarray(0, 9), 'packed'],
  ['cut in an entry', packed.subarray(0, packed.length - 1), 'packed'],
])('packed entries %s are refused by name', (_what, bytes, field) => {
  const append = { previous: position, entries: [], packed: bytes, commitIndex: 0 };
  expect(() => messageFromWire({ from: 'a', to: 'b', term: 1, body: 'append', append })).toThrow(
    expect.objectContaining({ detail: { code: 'RAFT_WIRE_INVALID', field } }),
  );
});

test.each<[string, Partial<WireMessage>, string]>([
  ['no body', {}, 'body'],
  ['a term beyond exact integers', { term: '9007199254740993', body: 'timeoutNow', timeoutNow: {} }, 'term'],
  ['no position', { body: 'append', append: { previous: null, entries: [], commitIndex: 0 } }, 'previous'],
  [
    'an unknown kind of entry',
    {
      body: 'append',
      append: { previous: position, entries: [{ term: 1, kind: '9', data: Buffer.alloc(0) }], commitIndex: 0 },
    },
    'entries.kind',
  ],
])('%s is refused by name', (_what, fields, field) => {
  const wire = { from: 'a', to: 'b', term: 1, ...fields };
  expect(() => messageFromWire(wire)).toThrow(
    expect.objectContaining({ detail: { code: 'RAFT_WIRE_INVALID', field } }),
  );
});
