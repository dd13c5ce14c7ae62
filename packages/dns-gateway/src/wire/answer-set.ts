import { TYPE, type RCODE } from './codes';
import { GroupEncoder, QuestionNames, type EncodedRecords } from './group-encoder';
import type { Name } from './name';
import type { RecordGroup, ResourceRecord } from './record';

/** Everything that one question is answered with, before encoding. */
export interface Answer {
  readonly rcode: (typeof RCODE)[keyof typeof RCODE];
  readonly groups: readonly RecordGroup[];
  /** The groups are equals, any few will do: a new random order for every query, and only some of them over UDP. */
  readonly isPool: boolean;
  /** Answer records at most, after shuffling; 0: no limit. */
  readonly answersMax: number;
  readonly authority: readonly ResourceRecord[];
  readonly additional: readonly ResourceRecord[];
}

/** An {@link Answer} as bytes that wait for a query: see `assemble`. */
export interface AnswerSet {
  readonly rcode: number;
  readonly groups: readonly EncodedGroup[];
  /** The current order of `groups`; shuffled in place by each query. */
  readonly order: Uint16Array | Uint32Array;
  readonly isPool: boolean;
  readonly answersMax: number;
  readonly authority: EncodedRecords;
  /** Where in `authority` the SOA's serial stands (the present second), or -1. */
  readonly serialAt: number;
  readonly additional: EncodedRecords;
}

export interface EncodedGroup extends GroupBlocks {
  /** The same without pointers inside the group, for places past a pointer's reach. */
  readonly wide: () => GroupBlocks;
}

export interface GroupBlocks {
  readonly answers: EncodedRecords;
  readonly additional: EncodedRecords;
}

/** A pointer has 14 bits (RFC 1035 §4.1.4). */
const POINTER_REACH = 0x4000;

/** The form of a group whose answers begin at this byte of the message. */
export function blocksAt(group: EncodedGroup, at: number): GroupBlocks {
  return at + group.answers.bytes.length <= POINTER_REACH ? group : group.wide();
}

/** Serial, refresh, retry, expire and minimum end an SOA record. */
const SOA_NUMBERS_BYTES = 20;

/** Encodes an answer to a question of this name. Without compression the owner's case must be the asker's. */
export function encodeAnswer(question: Name, answer: Answer, compress: boolean): AnswerSet {
  const names = new QuestionNames(question, compress);
  const soaIsLast = answer.authority.at(-1)?.data.type === TYPE.SOA;
  const authority = new GroupEncoder(names, false).answers(answer.authority);
  return {
    rcode: answer.rcode,
    groups: answer.groups.map((group) => encodeGroup(group, names, compress)),
    order: positions(answer.groups.length),
    isPool: answer.isPool,
    answersMax: answer.answersMax,
    authority,
    serialAt: soaIsLast ? authority.bytes.length - SOA_NUMBERS_BYTES : -1,
    additional: new GroupEncoder(names, false).additional(answer.additional),
  };
}

function encodeGroup(group: RecordGroup, names: QuestionNames, compress: boolean): EncodedGroup {
  const blocks = (pointInside: boolean): GroupBlocks => {
    const encoder = new GroupEncoder(names, pointInside);
    return { answers: encoder.answers(group.answers), additional: encoder.additional(group.additional) };
  };
  let wide: GroupBlocks | undefined;
  return { ...blocks(compress), wide: () => (wide ??= blocks(false)) };
}

function positions(count: number): Uint16Array | Uint32Array {
  const order = count > 0xffff ? new Uint32Array(count) : new Uint16Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  return order;
}
