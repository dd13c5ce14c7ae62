import type { Random } from '@tribune/platform';
import { FLAG, HEADER_BYTES, TYPE } from './codes';
import { blocksAt, type AnswerSet } from './answer-set';
import type { EncodedRecords } from './group-encoder';
import type { BadQuery, Edns, Query } from './query';

/** What the way back to the client can carry. */
export interface ResponseLimits {
  readonly bytes: number;
  /** Answer records out of a pool; Infinity when only the size counts. */
  readonly pooledAnswers: number;
}

export interface ResponseOptions {
  /** RA: recursors are set. */
  readonly recursionAvailable: boolean;
  /** Say TC when answers were left out. */
  readonly truncate: boolean;
  readonly authoritative: boolean;
}

const OPT_BYTES = 11;

/**
 * Puts a response together: header, the question as it was asked, as many of the answers as fit in a fresh random
 * order, authority, what belongs to the answers, OPT. Nothing is encoded here but numbers.
 */
export function assemble(
  set: AnswerSet,
  query: Query,
  limits: ResponseLimits,
  options: ResponseOptions,
  random: Random,
  nowSeconds: number,
): Buffer {
  const questionEnd = query.nameEnd + 4;
  const optBytes = query.edns ? optSize(query.edns) : 0;
  let room = limits.bytes - questionEnd - optBytes - set.authority.bytes.length;
  const withFixed = set.additional.bytes.length <= room;
  if (withFixed) room -= set.additional.bytes.length;

  const answersMax = Math.min(set.isPool ? limits.pooledAnswers : Infinity, set.answersMax || Infinity);
  const layout = choose(set, questionEnd, room, answersMax, random);
  const additionalStart = layout.answersEnd + set.authority.bytes.length;
  const additionalEnd = additionalStart + layout.additionalBytes;

  const fixedBytes = withFixed ? set.additional.bytes.length : 0;
  const packet = Buffer.allocUnsafe(additionalEnd + fixedBytes + optBytes);
  const truncated = layout.left && (options.truncate || layout.groups === 0);
  writeHeader(packet, query, set.rcode, truncated, options);
  copy(query.packet, packet, HEADER_BYTES, HEADER_BYTES, questionEnd);
  writeGroups(packet, set, layout, questionEnd, additionalStart);
  if (set.authority.bytes.length > 0) writeAuthority(packet, set, layout.answersEnd, nowSeconds);
  if (withFixed) copy(set.additional.bytes, packet, additionalEnd, 0, fixedBytes);
  if (query.edns) writeOpt(packet, packet.length - optBytes, query.edns, set.rcode);

  writeU16(packet, 6, layout.answerCount);
  writeU16(packet, 8, set.authority.count);
  writeU16(packet, 10, layout.additionalCount + (withFixed ? set.additional.count : 0) + (query.edns ? 1 : 0));
  return packet;
}

/** A response that says only why there is no other: header, and OPT when EDNS itself is what is wrong. */
export function assembleRefusal(bad: BadQuery, options: ResponseOptions): Buffer {
  const optBytes = bad.edns ? OPT_BYTES : 0;
  const packet = Buffer.alloc(HEADER_BYTES + optBytes);
  writeHeader(packet, bad, bad.rcode, false, { ...options, authoritative: false });
  writeU16(packet, 4, 0);
  if (bad.edns) {
    writeOpt(packet, HEADER_BYTES, { ...bad.edns, clientSubnet: undefined }, bad.rcode);
    writeU16(packet, 10, 1);
  }
  return packet;
}

/** Which groups go in, and the room they take. */
interface Layout {
  /** The first so many of the set's order. */
  readonly groups: number;
  /** The only group goes in without its additional records (they may be left out at will, RFC 2181 §9). */
  readonly bare: boolean;
  /** Some did not go in. */
  readonly left: boolean;
  readonly answersEnd: number;
  readonly answerCount: number;
  readonly additionalBytes: number;
  readonly additionalCount: number;
}

/** Draws groups without replacement until the next does not fit: a partial Fisher–Yates over the set's own order. */
function choose(set: AnswerSet, questionEnd: number, room: number, answersMax: number, random: Random): Layout {
  const { groups, order } = set;
  const total = groups.length;
  let answersEnd = questionEnd;
  let answerCount = 0;
  let additionalBytes = 0;
  let additionalCount = 0;
  let bare = false;
  let i = 0;
  for (; i < total && !bare; i++) {
    if (set.isPool) swap(order, i, i + random.integer(total - i));
    const { answers, additional } = blocksAt(groups[order[i]!]!, answersEnd);
    if (i > 0 && answerCount + answers.count > answersMax) break;
    const fits = answers.bytes.length + additional.bytes.length <= room;
    bare = !fits && i === 0 && answers.bytes.length <= room;
    if (!fits && !bare) break;
    answersEnd += answers.bytes.length;
    answerCount += answers.count;
    room -= answers.bytes.length;
    if (bare) continue;
    additionalBytes += additional.bytes.length;
    additionalCount += additional.count;
    room -= additional.bytes.length;
  }
  return { groups: i, bare, left: i < total, answersEnd, answerCount, additionalBytes, additionalCount };
}

function swap(order: AnswerSet['order'], i: number, j: number): void {
  const kept = order[i]!;
  order[i] = order[j]!;
  order[j] = kept;
}

function writeGroups(
  packet: Buffer,
  set: AnswerSet,
  layout: Layout,
  answersStart: number,
  additionalStart: number,
): void {
  let answerAt = answersStart;
  let additionalAt = additionalStart;
  for (let i = 0; i < layout.groups; i++) {
    const { answers, additional } = blocksAt(set.groups[set.order[i]!]!, answerAt);
    writeBlock(packet, answers, answerAt, answerAt);
    if (!layout.bare && additional.count > 0) {
      writeBlock(packet, additional, additionalAt, answerAt);
      additionalAt += additional.bytes.length;
    }
    answerAt += answers.bytes.length;
  }
}

function writeBlock(packet: Buffer, block: EncodedRecords, at: number, answersAt: number): void {
  copy(block.bytes, packet, at, 0, block.bytes.length);
  for (const patch of block.patches) writeU16(packet, at + patch.at, 0xc000 | (answersAt + patch.to));
}

function writeAuthority(packet: Buffer, set: AnswerSet, at: number, nowSeconds: number): void {
  copy(set.authority.bytes, packet, at, 0, set.authority.bytes.length);
  if (set.serialAt >= 0) packet.writeUInt32BE(nowSeconds >>> 0, at + set.serialAt);
}

function writeHeader(
  packet: Buffer,
  query: { readonly id: number; readonly flags: number },
  rcode: number,
  truncated: boolean,
  options: ResponseOptions,
): void {
  const kept = query.flags & (FLAG.RD | FLAG.CD | 0x7800);
  const said =
    FLAG.QR |
    (options.authoritative ? FLAG.AA : 0) |
    (truncated ? FLAG.TC : 0) |
    (options.recursionAvailable ? FLAG.RA : 0);
  writeU16(packet, 0, query.id);
  writeU16(packet, 2, kept | said | (rcode & 0xf));
  writeU16(packet, 4, 1);
}

const optSize = (edns: Edns): number => OPT_BYTES + (edns.clientSubnet ? 4 + edns.clientSubnet.length : 0);

/** The size the client offered comes back to it, as from Consul; DO is kept (RFC 3225); all else is left out. */
function writeOpt(packet: Buffer, at: number, edns: Edns, rcode: number): void {
  packet[at] = 0;
  writeU16(packet, at + 1, TYPE.OPT);
  writeU16(packet, at + 3, edns.udpSize);
  packet[at + 5] = rcode >> 4;
  packet[at + 6] = 0;
  writeU16(packet, at + 7, edns.dnssecOk ? 0x8000 : 0);
  const subnet = edns.clientSubnet;
  writeU16(packet, at + 9, subnet ? 4 + subnet.length : 0);
  if (!subnet) return;
  writeU16(packet, at + 11, 8);
  writeU16(packet, at + 13, subnet.length);
  packet.set(subnet, at + 15);
}

function writeU16(packet: Buffer, at: number, value: number): void {
  packet[at] = value >> 8;
  packet[at + 1] = value;
}

/** A loop beats `Buffer.copy` for the few bytes of a record. */
function copy(from: Buffer, to: Buffer, at: number, start: number, end: number): void {
  if (end - start > 64) {
    from.copy(to, at, start, end);
    return;
  }
  for (let i = start; i < end; i++) to[at++] = from[i]!;
}
