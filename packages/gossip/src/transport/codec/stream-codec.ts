import type { PushedState, StateExchange } from '../../core/messages';
import type { Keyring } from '../keyring/keyring';
import { addressBytes } from './address';
import { Fields, UINT32_MAX } from './fields';
import { compressSteps, decompressSteps } from './lzw';
import { decodeEndpoint, decodeMeta, nodeName } from './message-codec';
import { DECOMPRESSED_BYTES_MAX, MessageType, STATE_NAMES, STREAM_BYTES_MAX, STREAM_NODES_MAX } from './message-types';
import { ValueScanner } from './msgpack-head';
import { MsgpackReader } from './msgpack-reader';
import { MsgpackWriter } from './msgpack-writer';
import { compressedBytes } from './packet-codec';
import { SEAL_OVERHEAD_BYTES, open, seal } from './sealing';
import { malformed, overLimit } from './wire-error';

const ENCRYPT_HEADER_BYTES = 5;
/** Compressing less than this is not worth the CPU. */
const COMPRESS_FROM_BYTES = 4096;
/** States decoded before the event loop gets a turn: about 2 ms. */
export const STATES_PER_TURN = 500;

export interface StreamSecurity {
  readonly label: string;
  readonly keyring: Keyring | undefined;
  readonly verifyIncoming: boolean;
  readonly verifyOutgoing: boolean;
}

/** `[10][length 4][sealed]`, the header and the label authenticated; or the plain body. Without the label header. */
export function sealStream(body: Buffer, { keyring, verifyOutgoing, label }: StreamSecurity): Buffer {
  if (!keyring || !verifyOutgoing) return body;
  const head = Buffer.alloc(ENCRYPT_HEADER_BYTES);
  head[0] = MessageType.encrypt;
  head.writeUInt32BE(body.length + SEAL_OVERHEAD_BYTES, 1);
  return Buffer.concat([head, seal(keyring.primary, body, Buffer.concat([head, Buffer.from(label)]))]);
}

/** The plain, decompressed message inside the complete bytes of a stream (label removed), in turns. */
export function* openStream(bytes: Buffer, security: StreamSecurity): Generator<void, Buffer> {
  const plain = decrypt(bytes, security);
  if (plain[0] !== MessageType.compress) return plain;
  const message = yield* decompressSteps(compressedBytes(plain), DECOMPRESSED_BYTES_MAX);
  if (message.length === 0) throw malformed('decompressed message is empty');
  return message;
}

function decrypt(bytes: Buffer, { keyring, verifyIncoming, label }: StreamSecurity): Buffer {
  const isSealed = bytes[0] === MessageType.encrypt;
  if (isSealed && !keyring) throw malformed('remote state is encrypted and encryption is not configured');
  if (!isSealed && keyring && verifyIncoming) {
    throw malformed('encryption is configured but remote state is not encrypted');
  }
  if (!isSealed || !keyring) return bytes;
  const authenticated = Buffer.concat([bytes.subarray(0, ENCRYPT_HEADER_BYTES), Buffer.from(label)]);
  const plain = open(keyring.keys, bytes.subarray(ENCRYPT_HEADER_BYTES), authenticated);
  if (plain.length === 0) throw malformed('sealed stream is empty');
  return plain;
}

/** `[6]{Nodes, UserStateLen, Join}{state}…user state`, in turns of {@link STATES_PER_TURN} states. */
export function* encodeExchange({ join, states, userState }: StateExchange): Generator<void, Buffer> {
  const out = new MsgpackWriter().byte(MessageType.pushPull).map(3);
  out.raw('Nodes').integer(states.length).raw('UserStateLen').integer(userState.length).raw('Join').flag(join);
  for (let i = 0; i < states.length; i++) {
    writeState(out, states[i]!);
    if (i % STATES_PER_TURN === STATES_PER_TURN - 1) yield;
  }
  const body = out.verbatim(userState).finish();
  return body.length < COMPRESS_FROM_BYTES ? body : yield* compressed(body);
}

function writeState(out: MsgpackWriter, state: PushedState): void {
  out.map(7).raw('Name').raw(state.name).raw('Addr').raw(addressBytes(state.host)).raw('Port').integer(state.port);
  out.raw('Meta').raw(state.meta).raw('Incarnation').integer(state.incarnation);
  out.raw('State').integer(STATE_NAMES.indexOf(state.state)).raw('Vsn').raw(Uint8Array.from(state.versions));
}

function* compressed(body: Buffer): Generator<void, Buffer> {
  const packed = yield* compressSteps(body);
  const result = new MsgpackWriter()
    .byte(MessageType.compress)
    .map(2)
    .raw('Algo')
    .integer(0)
    .raw('Buf')
    .raw(packed)
    .finish();
  return result.length < body.length ? result : body;
}

/** Decodes an exchange in turns: each `next` reads up to {@link STATES_PER_TURN} states; the last returns the result. */
export function* decodeExchange(body: Buffer, defaultPort: number): Generator<void, StateExchange> {
  const reader = new MsgpackReader(body, 1);
  const header = exchangeHeader(Fields.of(reader.read()));
  const states: PushedState[] = [];
  for (let i = 0; i < header.nodes; i++) {
    states.push(decodeState(Fields.of(reader.read()), defaultPort));
    if (i % STATES_PER_TURN === STATES_PER_TURN - 1) yield;
  }
  const end = reader.offset + header.userStateBytes;
  if (end > body.length) throw malformed('user state is cut short');
  return { join: header.join, states, userState: body.subarray(reader.offset, end) };
}

function decodeState(fields: Fields, defaultPort: number): PushedState {
  return {
    name: nodeName(fields, 'Name'),
    ...decodeEndpoint(fields, 'Addr', defaultPort),
    meta: decodeMeta(fields),
    incarnation: fields.unsigned('Incarnation', UINT32_MAX),
    state: STATE_NAMES[fields.unsigned('State', STATE_NAMES.length - 1)]!,
    versions: [...fields.bytes('Vsn').subarray(0, 6)],
  };
}

function exchangeHeader(fields: Fields): { nodes: number; userStateBytes: number; join: boolean } {
  const nodes = fields.unsigned('Nodes', UINT32_MAX);
  const userStateBytes = fields.unsigned('UserStateLen', UINT32_MAX);
  if (nodes > STREAM_NODES_MAX) throw overLimit('number of nodes', STREAM_NODES_MAX);
  if (userStateBytes > STREAM_BYTES_MAX) throw overLimit('user state in bytes', STREAM_BYTES_MAX);
  return { nodes, userStateBytes, join: fields.flag('Join') };
}

/** `[8]{UserMsgLen}bytes` */
export function encodeUserStream(body: Uint8Array): Buffer {
  const out = new MsgpackWriter().byte(MessageType.user).map(1).raw('UserMsgLen').integer(body.length);
  return out.verbatim(body).finish();
}

export function decodeUserStream(body: Buffer): Buffer {
  const reader = new MsgpackReader(body, 1);
  const length = Fields.of(reader.read()).unsigned('UserMsgLen', UINT32_MAX);
  if (length > STREAM_BYTES_MAX) throw overLimit('user message in bytes', STREAM_BYTES_MAX);
  if (reader.offset + length > body.length) throw malformed('user message is cut short');
  return body.subarray(reader.offset, reader.offset + length);
}

/** `[13]{Error}`: why the other end gave up. */
export const encodeStreamError = (reason: string): Buffer =>
  new MsgpackWriter().byte(MessageType.error).map(1).raw('Error').raw(reason).finish();

export const decodeStreamError = (body: Buffer): string => Fields.parse(body, 1).text('Error');

/**
 * Tells when a stream message is complete, as its bytes arrive. There is no length prefix on plain streams and the
 * other end keeps the connection open, so the structure itself must be followed.
 */
export class StreamFraming {
  private scanner: ValueScanner | undefined;
  private valuesLeft = 1;
  private tailBytes = 0;
  private hasHeader = false;
  private at = 1;

  /** Total length of the message, or undefined when more is needed. `bytes` starts at the type byte. */
  complete(bytes: Buffer): number | undefined {
    const type = bytes[0];
    if (type === undefined) return undefined;
    if (type === MessageType.encrypt) return this.encrypted(bytes);
    if (!STREAM_TYPES.has(type)) throw malformed(`message type ${type} does not belong on a stream`);
    while (this.valuesLeft > 0) {
      this.scanner ??= new ValueScanner(this.at);
      const end = this.scanner.scan(bytes);
      if (end === undefined) return undefined;
      this.scanner = undefined;
      this.at = end;
      this.valuesLeft -= 1;
      if (!this.hasHeader) this.readHeader(type, bytes);
    }
    const end = this.at + this.tailBytes;
    return bytes.length >= end ? end : undefined;
  }

  private encrypted(bytes: Buffer): number | undefined {
    if (bytes.length < ENCRYPT_HEADER_BYTES) return undefined;
    const length = bytes.readUInt32BE(1);
    if (length > STREAM_BYTES_MAX) throw overLimit('remote state in bytes', STREAM_BYTES_MAX);
    const end = ENCRYPT_HEADER_BYTES + length;
    return bytes.length >= end ? end : undefined;
  }

  private readHeader(type: number, bytes: Buffer): void {
    this.hasHeader = true;
    if (type === MessageType.pushPull) {
      const { nodes, userStateBytes } = exchangeHeader(Fields.parse(bytes, 1));
      this.valuesLeft = nodes;
      this.tailBytes = userStateBytes;
    } else if (type === MessageType.user) {
      this.tailBytes = Fields.parse(bytes, 1).unsigned('UserMsgLen', STREAM_BYTES_MAX);
    }
  }
}

const STREAM_TYPES: ReadonlySet<number> = new Set([
  MessageType.ping,
  MessageType.ack,
  MessageType.pushPull,
  MessageType.user,
  MessageType.compress,
  MessageType.error,
]);
