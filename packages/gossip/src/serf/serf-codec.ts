import { addressBytes, addressText } from '../transport/codec/address';
import { Fields, UINT16_MAX, UINT32_MAX, UINT8_MAX } from '../transport/codec/fields';
import { MsgpackReader, type Value } from '../transport/codec/msgpack-reader';
import { MsgpackWriter } from '../transport/codec/msgpack-writer';
import { malformed, overLimit } from '../transport/codec/wire-error';
import type {
  EventMessage,
  QueryFilter,
  QueryMessage,
  QueryResponse,
  RecentEvent,
  Relay,
  SerfMessage,
  SerfState,
} from './serf-messages';

/** First byte of a serf message (serf, messages.go). */
export const SerfType = {
  leave: 0,
  join: 1,
  pushPull: 2,
  userEvent: 3,
  query: 4,
  queryResponse: 5,
  conflictResponse: 6,
  keyRequest: 7,
  keyResponse: 8,
  relay: 9,
} as const;

const FLAG_ACK = 1;
const FLAG_NO_BROADCAST = 2;
const FILTER_NODES = 0;
const FILTER_TAG = 1;
const NS_PER_MS = 1e6;
/** serf's hard limit for user events; what is remembered must be small. */
const PAYLOAD_BYTES_MAX = 9 * 1024;
/** Beyond this a Lamport clock could leave the safe integers; no honest pool gets there. */
export const LTIME_MAX = 2 ** 52;

export function encodeSerf(message: SerfMessage): Buffer {
  const out = new MsgpackWriter();
  switch (message.kind) {
    case 'leave':
      out.byte(SerfType.leave).map(3).raw('LTime').integer(message.ltime).raw('Node').raw(message.node);
      return out.raw('Prune').flag(message.prune).finish();
    case 'join':
      return out.byte(SerfType.join).map(2).raw('LTime').integer(message.ltime).raw('Node').raw(message.node).finish();
    case 'userEvent':
      return writeEvent(out, message).finish();
    case 'query':
      return writeQuery(out, message).finish();
    case 'queryResponse':
      return writeResponse(out, message).finish();
    case 'relay':
      return writeRelay(out, message).finish();
  }
}

function writeEvent(out: MsgpackWriter, event: EventMessage): MsgpackWriter {
  out.byte(SerfType.userEvent).map(4).raw('LTime').integer(event.ltime).raw('Name').raw(event.name);
  return out.raw('Payload').raw(event.payload).raw('CC').flag(event.coalesce);
}

function writeQuery(out: MsgpackWriter, query: QueryMessage): MsgpackWriter {
  const { source, filters = [] } = query;
  out.byte(SerfType.query).map(11).raw('LTime').integer(query.ltime).raw('ID').integer(query.id);
  out.raw('Addr').raw(addressBytes(source.host)).raw('Port').integer(source.port).raw('SourceNode').raw(source.name);
  out.raw('Filters').array(filters.length);
  for (const filter of filters) out.raw(encodeFilter(filter));
  out.raw('Flags').integer((query.wantsAck ? FLAG_ACK : 0) | (query.noBroadcast ? FLAG_NO_BROADCAST : 0));
  out
    .raw('RelayFactor')
    .integer(query.relayFactor)
    .raw('Timeout')
    .integer(Math.round(query.timeoutMs * NS_PER_MS));
  return out.raw('Name').raw(query.name).raw('Payload').raw(query.payload);
}

function encodeFilter(filter: QueryFilter): Buffer {
  const out = new MsgpackWriter();
  if (filter.kind === 'tag') {
    return out.byte(FILTER_TAG).map(2).raw('Tag').raw(filter.tag).raw('Expr').raw(filter.expression).finish();
  }
  out.byte(FILTER_NODES).array(filter.nodes.length);
  for (const node of filter.nodes) out.raw(node);
  return out.finish();
}

function writeResponse(out: MsgpackWriter, response: QueryResponse): MsgpackWriter {
  out.byte(SerfType.queryResponse).map(5).raw('LTime').integer(response.ltime).raw('ID').integer(response.id);
  out
    .raw('From')
    .raw(response.from)
    .raw('Flags')
    .integer(response.isAck ? FLAG_ACK : 0);
  return out.raw('Payload').raw(response.payload);
}

/** Go's net.UDPAddr, then the message to pass on. */
function writeRelay(out: MsgpackWriter, { to, name, body }: Relay): MsgpackWriter {
  out.byte(SerfType.relay).map(2).raw('DestAddr').map(3);
  out.raw('IP').raw(addressBytes(to.host)).raw('Port').integer(to.port).raw('Zone').raw('');
  return out.raw('DestName').raw(name).verbatim(body);
}

export function decodeSerf(bytes: Buffer): SerfMessage {
  if (bytes[0] === SerfType.relay) return decodeRelay(bytes);
  const fields = Fields.parse(bytes, 1);
  switch (bytes[0]) {
    case SerfType.leave:
      return { kind: 'leave', ltime: ltime(fields), node: fields.text('Node'), prune: fields.flag('Prune') };
    case SerfType.join:
      return { kind: 'join', ltime: ltime(fields), node: fields.text('Node') };
    case SerfType.userEvent:
      return { kind: 'userEvent', ltime: ltime(fields), ...decodeEvent(fields), coalesce: fields.flag('CC') };
    case SerfType.query:
      return decodeQuery(fields);
    case SerfType.queryResponse:
      return decodeResponse(fields);
    default:
      throw malformed(`serf message type ${bytes[0]} is not supported`);
  }
}

const ltime = (fields: Fields, name = 'LTime'): number => fields.unsigned(name, LTIME_MAX);
// Copies: the packet must not be kept alive by what we remember of it.
const copied = (bytes: Buffer): Buffer => Buffer.from(bytes);

function decodeEvent(fields: Fields): RecentEvent {
  const [name, payload] = [fields.bytes('Name'), fields.bytes('Payload')];
  if (name.length + payload.length > PAYLOAD_BYTES_MAX) throw overLimit('event in bytes', PAYLOAD_BYTES_MAX);
  return { name: name.toString('utf8'), payload: copied(payload) };
}

function decodeQuery(fields: Fields): QueryMessage {
  const flags = fields.unsigned('Flags', UINT32_MAX);
  return {
    kind: 'query',
    ltime: ltime(fields),
    id: fields.unsigned('ID', UINT32_MAX),
    source: {
      host: addressText(fields.bytes('Addr')),
      port: fields.unsigned('Port', UINT16_MAX),
      name: fields.text('SourceNode'),
    },
    filters: decodeFilters(fields.list('Filters')),
    wantsAck: (flags & FLAG_ACK) !== 0,
    noBroadcast: (flags & FLAG_NO_BROADCAST) !== 0,
    relayFactor: fields.unsigned('RelayFactor', UINT8_MAX),
    timeoutMs: fields.unsigned('Timeout', Number.MAX_SAFE_INTEGER) / NS_PER_MS,
    name: fields.text('Name'),
    payload: copied(fields.bytes('Payload')),
  };
}

/** A query with a filter of a kind we do not know still spreads; only we must not answer it. */
function decodeFilters(list: readonly Value[]): QueryFilter[] | undefined {
  try {
    return list.map(decodeFilter);
  } catch {
    return undefined;
  }
}

function decodeFilter(value: Value): QueryFilter {
  if (!Buffer.isBuffer(value)) throw malformed('a query filter is not bytes');
  if (value[0] === FILTER_TAG) {
    const fields = Fields.parse(value, 1);
    return { kind: 'tag', tag: fields.text('Tag'), expression: fields.text('Expr') };
  }
  if (value[0] !== FILTER_NODES) throw malformed(`query filter type ${value[0]} is not supported`);
  const nodes = new MsgpackReader(value, 1).read();
  return { kind: 'nodes', nodes: texts(nodes) };
}

function texts(value: Value): string[] {
  if (value === null) return [];
  if (!Array.isArray(value) || !value.every(Buffer.isBuffer)) throw malformed('expected a list of texts');
  return value.map((text) => text.toString('utf8'));
}

function decodeResponse(fields: Fields): QueryResponse {
  return {
    kind: 'queryResponse',
    ltime: ltime(fields),
    id: fields.unsigned('ID', UINT32_MAX),
    from: fields.text('From'),
    isAck: (fields.unsigned('Flags', UINT32_MAX) & FLAG_ACK) !== 0,
    payload: copied(fields.bytes('Payload')),
  };
}

function decodeRelay(bytes: Buffer): Relay {
  const reader = new MsgpackReader(bytes, 1);
  const header = Fields.of(reader.read());
  const address = new Fields(header.entries('DestAddr'));
  const to = { host: addressText(address.bytes('IP')), port: address.unsigned('Port', UINT16_MAX) };
  return { kind: 'relay', to, name: header.text('DestName'), body: copied(bytes.subarray(reader.offset)) };
}

export function encodeSerfState(state: SerfState): Buffer {
  const out = new MsgpackWriter().byte(SerfType.pushPull).map(6).raw('LTime').integer(state.ltime);
  out.raw('StatusLTimes').map(state.statusLtimes.size);
  for (const [name, time] of state.statusLtimes) out.raw(name).integer(time);
  out.raw('LeftMembers').array(state.leftMembers.length);
  for (const name of state.leftMembers) out.raw(name);
  out.raw('EventLTime').integer(state.eventLtime).raw('Events').array(state.events.length);
  for (const { ltime: time, events } of state.events) {
    out.map(2).raw('LTime').integer(time).raw('Events').array(events.length);
    for (const { name, payload } of events) out.map(2).raw('Name').raw(name).raw('Payload').raw(payload);
  }
  return out.raw('QueryLTime').integer(state.queryLtime).finish();
}

export function decodeSerfState(bytes: Buffer): SerfState {
  if (bytes[0] !== SerfType.pushPull) throw malformed(`remote state has the wrong type ${bytes[0]}`);
  const fields = Fields.parse(bytes, 1);
  return {
    ltime: ltime(fields),
    statusLtimes: decodeTimes(fields.entries('StatusLTimes')),
    leftMembers: texts(fields.list('LeftMembers')),
    eventLtime: ltime(fields, 'EventLTime'),
    // Go sends its whole ring buffer; unused places are nil.
    events: fields.list('Events').flatMap((slot) => (slot === null ? [] : [decodeSlot(Fields.of(slot))])),
    queryLtime: ltime(fields, 'QueryLTime'),
  };
}

function decodeSlot(fields: Fields): SerfState['events'][number] {
  return { ltime: ltime(fields), events: fields.list('Events').map((event) => decodeEvent(Fields.of(event))) };
}

function decodeTimes(entries: ReadonlyMap<string, Value>): Map<string, number> {
  const times = new Map<string, number>();
  for (const [name, time] of entries) {
    if (typeof time !== 'number' || time < 0 || time > LTIME_MAX) throw malformed('StatusLTimes holds no Lamport time');
    times.set(name, time);
  }
  return times;
}
