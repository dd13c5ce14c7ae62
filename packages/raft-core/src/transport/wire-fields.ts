import { CodedError } from '@tribune/platform';

export class PeerWireError extends CodedError<{ code: 'RAFT_WIRE_INVALID'; field: string }> {}

/** Indexes and terms stay far below 2^53; anything else did not come from a server of ours. */
export function integer(value: string | number, field: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number < 0) throw invalid(field, `${value} is not a safe integer`);
  return number;
}

export function invalid(field: string, reason: string): PeerWireError {
  return new PeerWireError({ code: 'RAFT_WIRE_INVALID', field }, `raft.v1 message, field ${field}: ${reason}`);
}
