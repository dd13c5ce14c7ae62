import type { Alive, Dead, Endpoint, IndirectPing, Message, Ping, Source, Suspect } from '../../core/messages';
import { addressBytes, addressText } from './address';
import { Fields, UINT16_MAX, UINT32_MAX } from './fields';
import { META_BYTES_MAX, MessageType, NAME_BYTES_MAX } from './message-types';
import { MsgpackWriter } from './msgpack-writer';
import { malformed, overLimit } from './wire-error';

/** Immutable messages are encoded once however often they are sent. */
const encoded = new WeakMap<Message, Buffer>();

/** Type byte and body. The result is shared: do not write to it. */
export function encodeMessage(message: Message): Buffer {
  let bytes = encoded.get(message);
  if (!bytes) encoded.set(message, (bytes = write(message)));
  return bytes;
}

export const measureMessage = (message: Message): number => encodeMessage(message).length;

function write(message: Message): Buffer {
  const out = new MsgpackWriter().byte(MessageType[message.kind]);
  switch (message.kind) {
    case 'ping':
      out
        .map(2 + sourceFields(message.source))
        .raw('SeqNo')
        .integer(message.seqNo)
        .raw('Node')
        .raw(message.node);
      return writeSource(out, message.source).finish();
    case 'indirectPing':
      return writeIndirectPing(out, message).finish();
    case 'ack':
      return out.map(2).raw('SeqNo').integer(message.seqNo).raw('Payload').raw(message.payload).finish();
    case 'nack':
      return out.map(1).raw('SeqNo').integer(message.seqNo).finish();
    case 'alive':
      return writeAlive(out, message).finish();
    case 'suspect':
    case 'dead':
      out.map(3).raw('Incarnation').integer(message.incarnation);
      return out.raw('Node').raw(message.node).raw('From').raw(message.from).finish();
    case 'user':
      return out.verbatim(message.body).finish();
  }
}

function writeIndirectPing(out: MsgpackWriter, message: IndirectPing): MsgpackWriter {
  out
    .map(5 + sourceFields(message.source))
    .raw('SeqNo')
    .integer(message.seqNo);
  out.raw('Target').raw(addressBytes(message.target.host)).raw('Port').integer(message.target.port);
  out.raw('Node').raw(message.node).raw('Nack').flag(message.nack);
  return writeSource(out, message.source);
}

function writeAlive(out: MsgpackWriter, message: Alive): MsgpackWriter {
  out.map(6).raw('Incarnation').integer(message.incarnation).raw('Node').raw(message.node);
  out.raw('Addr').raw(addressBytes(message.host)).raw('Port').integer(message.port);
  return out.raw('Meta').raw(message.meta).raw('Vsn').raw(Uint8Array.from(message.versions));
}

const sourceFields = (source: Source | undefined): number => (source ? 3 : 0);

function writeSource(out: MsgpackWriter, source: Source | undefined): MsgpackWriter {
  if (!source) return out;
  out.raw('SourceAddr').raw(addressBytes(source.host)).raw('SourcePort').integer(source.port);
  return out.raw('SourceNode').raw(source.name);
}

/** One message with its type byte. `defaultPort` stands in for a port of 0, as agents of protocol 1 send it. */
export function decodeMessage(bytes: Buffer, defaultPort: number): Message {
  const type = bytes[0];
  if (type === MessageType.user) return { kind: 'user', body: bytes.subarray(1) };
  const decode = type === undefined ? undefined : DECODERS[type];
  if (!decode) throw malformed(`message type ${type} is not supported`);
  return decode(Fields.parse(bytes, 1), defaultPort);
}

type Decoder = (fields: Fields, defaultPort: number) => Message;

const DECODERS: Readonly<Record<number, Decoder>> = {
  [MessageType.ping]: decodePing,
  [MessageType.indirectPing]: decodeIndirectPing,
  [MessageType.ack]: (fields) => ({
    kind: 'ack',
    seqNo: fields.unsigned('SeqNo', UINT32_MAX),
    payload: fields.bytes('Payload'),
  }),
  [MessageType.nack]: (fields) => ({ kind: 'nack', seqNo: fields.unsigned('SeqNo', UINT32_MAX) }),
  [MessageType.alive]: decodeAlive,
  [MessageType.suspect]: (fields) => decodeAccusation('suspect', fields) as Suspect,
  [MessageType.dead]: (fields) => decodeAccusation('dead', fields) as Dead,
};

function decodePing(fields: Fields): Ping {
  return {
    kind: 'ping',
    seqNo: fields.unsigned('SeqNo', UINT32_MAX),
    node: fields.text('Node'),
    source: decodeSource(fields),
  };
}

function decodeIndirectPing(fields: Fields, defaultPort: number): IndirectPing {
  return {
    kind: 'indirectPing',
    seqNo: fields.unsigned('SeqNo', UINT32_MAX),
    target: decodeEndpoint(fields, 'Target', defaultPort),
    node: fields.text('Node'),
    nack: fields.flag('Nack'),
    source: decodeSource(fields),
  };
}

function decodeAlive(fields: Fields, defaultPort: number): Alive {
  return {
    kind: 'alive',
    incarnation: fields.unsigned('Incarnation', UINT32_MAX),
    node: nodeName(fields),
    ...decodeEndpoint(fields, 'Addr', defaultPort),
    meta: decodeMeta(fields),
    versions: [...fields.bytes('Vsn').subarray(0, 6)],
  };
}

function decodeAccusation(kind: 'suspect' | 'dead', fields: Fields): Suspect | Dead {
  const incarnation = fields.unsigned('Incarnation', UINT32_MAX);
  return { kind, incarnation, node: nodeName(fields), from: fields.text('From') };
}

/** The name of a member in `field`: not empty, not endless. */
export function nodeName(fields: Fields, field = 'Node'): string {
  const name = fields.bytes(field);
  if (name.length === 0) throw malformed(`field ${field} is empty`);
  if (name.length > NAME_BYTES_MAX) throw overLimit('name of a member in bytes', NAME_BYTES_MAX);
  return name.toString('utf8');
}

export function decodeMeta(fields: Fields): Buffer {
  const meta = fields.bytes('Meta');
  if (meta.length > META_BYTES_MAX) throw overLimit('meta data of a member in bytes', META_BYTES_MAX);
  // A copy: the packet it came in must not be kept alive by it.
  return Buffer.from(meta);
}

export function decodeEndpoint(fields: Fields, addressField: string, defaultPort: number): Endpoint {
  const port = fields.unsigned('Port', UINT16_MAX) || defaultPort;
  return { host: addressText(fields.bytes(addressField)), port };
}

function decodeSource(fields: Fields): Source | undefined {
  const address = fields.bytes('SourceAddr');
  const port = fields.unsigned('SourcePort', UINT16_MAX);
  if (address.length === 0 || port === 0) return undefined;
  return { name: fields.text('SourceNode'), host: addressText(address), port };
}
