import { invalidArgument } from '../api/api-error';

const UINT64_MAX = 2n ** 64n - 1n;

/** 64-bit integers as proto-loader gives them (decimal text) and takes them. */
export type Uint64 = string;

/** Revisions and indexes are safe integers in this process; anything else is a mistake of the sender. */
export function safeFromWire(text: Uint64, field: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw invalidArgument(field, `${text} is not between 0 and 2^53-1`);
  return value;
}

/** Opaque numbers of the user keep all 64 bits. */
export const bigFromWire = (text: Uint64): bigint => BigInt.asUintN(64, BigInt(text));

export function bigToWire(value: bigint, field: string): Uint64 {
  if (value < 0n || value > UINT64_MAX) throw invalidArgument(field, `${value} is not between 0 and 2^64-1`);
  return String(value);
}
