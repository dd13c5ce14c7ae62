import { CLASS, FLAG, HEADER_BYTES, OPCODE_MASK, RCODE, TYPE } from './codes';
import { LABEL_BYTES_MAX, nameKey, NAME_BYTES_MAX, type Name } from './name';

/** A well-formed request with one question. */
export interface Query {
  readonly kind: 'query';
  readonly id: number;
  /** The header's second word as it came. */
  readonly flags: number;
  /** The question stands behind the header; its name ends here. */
  readonly packet: Buffer;
  readonly nameEnd: number;
  /** {@link nameKey} of the name. */
  readonly key: string;
  readonly type: number;
  readonly class: number;
  readonly edns: Edns | undefined;
}

/** The requestor's OPT record (RFC 6891). Options we do not know are ignored and not sent back. */
export interface Edns {
  readonly udpSize: number;
  readonly version: number;
  readonly dnssecOk: boolean;
  /** Payload of the Client Subnet option (RFC 7871), or undefined. */
  readonly clientSubnet: Uint8Array | undefined;
}

/** A request that is answered with this code and nothing else. */
export interface BadQuery {
  readonly kind: 'bad';
  readonly id: number;
  readonly flags: number;
  readonly rcode: number;
  readonly reason: string;
  /** BADVERS carries an OPT record. */
  readonly edns?: Edns;
}

/** Something that must not be answered: too short for a header, or itself a response (answers could loop for ever). */
export interface NotAQuery {
  readonly kind: 'ignore';
  readonly reason: string;
}

const EDNS_CLIENT_SUBNET = 8;

/** Reads a packet. Total: any bytes give one of the three results. Follows RFC 8906 §3 on what to say to odd requests. */
export function parseQuery(packet: Buffer): Query | BadQuery | NotAQuery {
  if (packet.length < HEADER_BYTES) return { kind: 'ignore', reason: 'shorter than a header' };
  const id = (packet[0]! << 8) | packet[1]!;
  const flags = (packet[2]! << 8) | packet[3]!;
  if (flags & FLAG.QR) return { kind: 'ignore', reason: 'a response' };
  const bad = (rcode: number, reason: string): BadQuery => ({ kind: 'bad', id, flags, rcode, reason });
  if (flags & OPCODE_MASK) return bad(RCODE.NOTIMP, 'unknown opcode');
  if (((packet[4]! << 8) | packet[5]!) !== 1) return bad(RCODE.FORMERR, 'not exactly one question');

  const nameEnd = endOfPlainName(packet, HEADER_BYTES);
  if (nameEnd < 0 || nameEnd + 4 > packet.length) return bad(RCODE.FORMERR, 'malformed question');
  const type = (packet[nameEnd]! << 8) | packet[nameEnd + 1]!;
  const classCode = (packet[nameEnd + 2]! << 8) | packet[nameEnd + 3]!;

  let edns: Edns | undefined;
  const others = sectionCounts(packet);
  if (others > 0) {
    const found = findEdns(packet, nameEnd + 4, others);
    if (found === 'malformed') return bad(RCODE.FORMERR, 'malformed records after the question');
    if (found && found.version > 0) return { ...bad(RCODE.BADVERS, 'unknown EDNS version'), edns: found };
    edns = found;
  }
  if (type === TYPE.OPT) return bad(RCODE.FORMERR, 'OPT is no question');
  if (type === TYPE.AXFR || type === TYPE.IXFR) return bad(RCODE.NOTIMP, 'zone transfer');
  if (classCode !== CLASS.IN && classCode !== CLASS.ANY) return bad(RCODE.REFUSED, 'unknown class');
  const key = nameKey(packet, HEADER_BYTES, nameEnd);
  return { kind: 'query', id, flags, packet, nameEnd, key, type, class: classCode, edns };
}

/** The name as asked, case kept: the answer repeats it (the 0x20 trick of resolvers depends on it). */
export const questionName = (query: Query): Name => query.packet.subarray(HEADER_BYTES, query.nameEnd);

/** Where a name without compression ends, or -1. In a question a pointer could only point into the header. */
function endOfPlainName(packet: Buffer, start: number): number {
  let at = start;
  while (at < packet.length) {
    const length = packet[at]!;
    if (length === 0) return at + 1;
    if (length > LABEL_BYTES_MAX) return -1;
    at += length + 1;
    if (at - start >= NAME_BYTES_MAX) return -1;
  }
  return -1;
}

function sectionCounts(packet: Buffer): number {
  return packet.readUInt16BE(6) + packet.readUInt16BE(8) + packet.readUInt16BE(10);
}

/** Walks the other sections for the OPT record. Each record takes at least 11 bytes, so the packet bounds the walk. */
function findEdns(packet: Buffer, start: number, count: number): Edns | undefined | 'malformed' {
  let at = start;
  let edns: Edns | undefined;
  for (let i = 0; i < count; i++) {
    const nameStart = at;
    at = skipName(packet, at);
    if (at < 0 || at + 10 > packet.length) return 'malformed';
    const type = packet.readUInt16BE(at);
    const dataStart = at + 10;
    const dataEnd = dataStart + packet.readUInt16BE(at + 8);
    if (dataEnd > packet.length) return 'malformed';
    if (type === TYPE.OPT) {
      if (edns || packet[nameStart] !== 0) return 'malformed';
      const clientSubnet = findClientSubnet(packet, dataStart, dataEnd);
      if (clientSubnet === 'malformed') return 'malformed';
      const dnssecOk = (packet[at + 6]! & 0x80) !== 0;
      edns = { udpSize: packet.readUInt16BE(at + 2), version: packet[at + 5]!, dnssecOk, clientSubnet };
    }
    at = dataEnd;
  }
  return edns;
}

/** Like {@link endOfPlainName}, but a pointer may end the name. It is not followed: nobody needs these names. */
function skipName(packet: Buffer, start: number): number {
  let at = start;
  while (at < packet.length) {
    const length = packet[at]!;
    if (length === 0) return at + 1;
    if (length >= 0xc0) return at + 2;
    if (length > LABEL_BYTES_MAX) return -1;
    at += length + 1;
  }
  return -1;
}

function findClientSubnet(packet: Buffer, start: number, end: number): Uint8Array | undefined | 'malformed' {
  let subnet: Uint8Array | undefined;
  for (let at = start; at < end;) {
    if (at + 4 > end) return 'malformed';
    const code = packet.readUInt16BE(at);
    const length = packet.readUInt16BE(at + 2);
    at += 4;
    if (at + length > end) return 'malformed';
    if (code === EDNS_CLIENT_SUBNET) {
      if (!isClientSubnet(packet.subarray(at, at + length))) return 'malformed';
      subnet = packet.subarray(at, at + length);
    }
    at += length;
  }
  return subnet;
}

/** RFC 7871 §6: family, source prefix, scope (0 in a query), and just the bytes that the prefix covers. */
function isClientSubnet(option: Uint8Array): boolean {
  if (option.length < 4) return false;
  const family = (option[0]! << 8) | option[1]!;
  const bits = option[2]!;
  const bitsMax = family === 1 ? 32 : family === 2 ? 128 : -1;
  return bits <= bitsMax && option[3] === 0 && option.length === 4 + Math.ceil(bits / 8);
}
