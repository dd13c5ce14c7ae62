import { crc32 } from 'node:zlib';
import type { Message } from '../../core/messages';
import type { Keyring } from '../keyring/keyring';
import { Fields } from './fields';
import { labelHeader, stripLabel } from './label';
import { decompressLzw } from './lzw';
import { decodeMessage, encodeMessage } from './message-codec';
import { MessageType } from './message-types';
import { SEAL_OVERHEAD_BYTES, open, seal } from './sealing';
import { malformed } from './wire-error';

/** A packet is at most this large when decompressed: a UDP payload that shrank, with generous room. */
const PACKET_DECOMPRESSED_MAX = 1024 * 1024;
const CHECKSUM_HEADER_BYTES = 5;
/** Compound and compressed messages may contain each other; nobody sends more than two levels. */
const NESTING_MAX = 4;
/** Messages taken from one packet, however they are nested. */
const MESSAGES_MAX = 1024;

export interface PacketCodecOptions {
  readonly label: string;
  readonly keyring: Keyring | undefined;
  /** Refuse plaintext although there is a keyring. False only while a pool is being moved to encryption. */
  readonly verifyIncoming: boolean;
  /** Seal what we send. False only while a pool is being moved to encryption. */
  readonly verifyOutgoing: boolean;
  /** For messages that carry no port. */
  readonly defaultPort: number;
}

/**
 *   packet   = [label] sealed?( [checksum] message )
 *   message  = compound( message… ) | compressed( message ) | type byte + body
 */
export class PacketCodec {
  private readonly header: Buffer;
  private readonly labelBytes: Buffer;

  constructor(private readonly options: PacketCodecOptions) {
    this.header = labelHeader(options.label);
    this.labelBytes = Buffer.from(options.label, 'utf8');
  }

  /** Bytes that a packet has besides its messages. */
  get overheadBytes(): number {
    return this.header.length + CHECKSUM_HEADER_BYTES + (this.options.keyring ? SEAL_OVERHEAD_BYTES : 0);
  }

  encode(messages: readonly Message[], checksum: boolean): Buffer {
    const parts = messages.map(encodeMessage);
    let body = parts.length === 1 ? parts[0]! : compound(parts);
    if (checksum) body = withChecksum(body);
    const { keyring, verifyOutgoing } = this.options;
    if (keyring && verifyOutgoing) body = seal(keyring.primary, body, this.labelBytes);
    return this.header.length === 0 ? body : Buffer.concat([this.header, body]);
  }

  /** Throws WireError when the packet as a whole is unreadable; calls `unreadable` for single parts that are. */
  decode(packet: Buffer, unreadable: (reason: unknown) => void): Message[] {
    const plain = this.open(stripLabel(packet, this.options.label));
    const messages: Message[] = [];
    this.collect(verifyChecksum(plain), messages, unreadable, 0);
    return messages;
  }

  private open(body: Buffer): Buffer {
    const { keyring, verifyIncoming } = this.options;
    if (!keyring) return body;
    try {
      return open(keyring.keys, body, this.labelBytes);
    } catch (error) {
      if (verifyIncoming) throw error;
      return body;
    }
  }

  private collect(part: Buffer, into: Message[], unreadable: (reason: unknown) => void, depth: number): void {
    try {
      if (depth > NESTING_MAX || into.length >= MESSAGES_MAX)
        throw malformed('packet nests too deep or holds too much');
      if (part[0] === MessageType.compound) {
        for (const inner of splitCompound(part)) this.collect(inner, into, unreadable, depth + 1);
      } else if (part[0] === MessageType.compress) {
        const inner = decompressLzw(compressedBytes(part), PACKET_DECOMPRESSED_MAX);
        this.collect(inner, into, unreadable, depth + 1);
      } else {
        into.push(decodeMessage(part, this.options.defaultPort));
      }
    } catch (error) {
      unreadable(error);
    }
  }
}

/** `[7][count][length 2]…[message]…` */
function compound(parts: readonly Buffer[]): Buffer {
  const head = Buffer.alloc(2 + 2 * parts.length);
  head[0] = MessageType.compound;
  head[1] = parts.length;
  parts.forEach((part, i) => head.writeUInt16BE(part.length, 2 + 2 * i));
  return Buffer.concat([head, ...parts]);
}

/** A truncated compound still yields the messages that are whole. */
function splitCompound(part: Buffer): Buffer[] {
  const count = part[1] ?? 0;
  let at = 2 + 2 * count;
  if (part.length < at) throw malformed('compound header is cut short');
  const parts: Buffer[] = [];
  for (let i = 0; i < count; i++) {
    const end = at + part.readUInt16BE(2 + 2 * i);
    if (end > part.length) break;
    parts.push(part.subarray(at, end));
    at = end;
  }
  return parts;
}

/** What `[9]{Algo, Buf}` holds. */
export function compressedBytes(part: Buffer): Buffer {
  const fields = Fields.parse(part, 1);
  const algorithm = fields.unsigned('Algo', 0xff);
  if (algorithm !== 0) throw malformed(`compression algorithm ${algorithm} is not supported`);
  return fields.bytes('Buf');
}

function withChecksum(body: Buffer): Buffer {
  const head = Buffer.alloc(CHECKSUM_HEADER_BYTES);
  head[0] = MessageType.checksum;
  head.writeUInt32BE(crc32(body), 1);
  return Buffer.concat([head, body]);
}

function verifyChecksum(body: Buffer): Buffer {
  if (body.length < CHECKSUM_HEADER_BYTES || body[0] !== MessageType.checksum) return body;
  const rest = body.subarray(CHECKSUM_HEADER_BYTES);
  if (crc32(rest) !== body.readUInt32BE(1)) throw malformed('checksum does not match');
  return rest;
}
