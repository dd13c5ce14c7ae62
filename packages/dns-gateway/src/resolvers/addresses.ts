import { TYPE } from '../wire/codes';
import type { Name } from '../wire/name';
import type { ResourceRecord } from '../wire/record';

const ASKS_FOR_V4: ReadonlySet<number> = new Set([TYPE.A, TYPE.SRV, TYPE.ANY, TYPE.NS, TYPE.TXT]);
const ASKS_FOR_V6: ReadonlySet<number> = new Set([TYPE.AAAA, TYPE.SRV, TYPE.ANY, TYPE.NS, TYPE.TXT]);

/** The address as a record, when the type asks for its family. Consul answers TXT at a service with addresses too. */
export function addressRecord(
  owner: Name,
  address: Uint8Array,
  ttl: number,
  asked: number,
): ResourceRecord | undefined {
  const isV4 = address.length === 4;
  if (!(isV4 ? ASKS_FOR_V4 : ASKS_FOR_V6).has(asked)) return undefined;
  return { owner, ttl, data: { type: isV4 ? TYPE.A : TYPE.AAAA, address } };
}

/** `0a000001`, the label under `addr` that stands for an address. */
export const addressLabel = (address: Uint8Array): string => Buffer.from(address).toString('hex');
