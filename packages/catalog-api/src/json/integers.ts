import { serverError } from '../http/http-error';

const UINT64_MAX = 0xffff_ffff_ffff_ffffn;

/** An unsigned 64-bit parameter, exact. Refused with Go's own words and Consul's 500. */
export function parseUint64(text: string): bigint {
  if (!/^[0-9]+$/.test(text)) throw serverError(`strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`);
  const value = BigInt(text);
  if (value > UINT64_MAX) throw serverError(`strconv.ParseUint: parsing ${JSON.stringify(text)}: value out of range`);
  return value;
}
