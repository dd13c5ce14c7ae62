import { CodedError } from '@tribune/platform';

/** A peer sent something that cannot be read. The input is dropped and counted, nothing else changes. */
export class WireError extends CodedError<
  { code: 'GOSSIP_WIRE_MALFORMED' } | { code: 'GOSSIP_WIRE_LIMIT'; limit: number }
> {}

export const malformed = (what: string): WireError => new WireError({ code: 'GOSSIP_WIRE_MALFORMED' }, what);

export const overLimit = (what: string, limit: number): WireError =>
  new WireError({ code: 'GOSSIP_WIRE_LIMIT', limit }, `${what} exceeds limit of ${limit}`);
