import { serverError } from '../http/http-error';
import { quoteGo } from '@tribune/platform';

const UINT64_MAX = 0xffff_ffff_ffff_ffffn;

/** What Go's `strconv.ParseUint` says about a text that is no unsigned 64-bit number. */
export function uint64Problem(text: string): string | undefined {
  if (!/^[0-9]+$/.test(text)) return `strconv.ParseUint: parsing ${quoteGo(text)}: invalid syntax`;
  if (BigInt(text) > UINT64_MAX) return `strconv.ParseUint: parsing ${quoteGo(text)}: value out of range`;
  return undefined;
}

/** An unsigned 64-bit parameter, exact. Refused with Consul's 500. */
export function parseUint64(text: string): bigint {
  const problem = uint64Problem(text);
  if (problem !== undefined) throw serverError(problem);
  return BigInt(text);
}
