import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Endpoint } from '../core/messages';
import { canonicalAddress } from '../transport/codec/address';

const PORT_MAX = 65_535;
/** Addresses of one name that are tried. */
const ADDRESSES_PER_NAME_MAX = 16;

/** `host`, `host:port`, `[v6]`, `[v6]:port`, `v6`, each optionally after `name/`; undefined when it is none of these. */
export function parseJoinAddress(text: string, defaultPort: number): Endpoint | undefined {
  const address = text.slice(text.lastIndexOf('/') + 1).trim();
  if (isIP(address)) return { host: address, port: defaultPort };
  const match = /^(?:\[([0-9a-fA-F:.%]+)\]|([^:[\]\s]+))(?::(\d{1,5}))?$/.exec(address);
  if (!match) return undefined;
  const port = match[3] === undefined ? defaultPort : Number(match[3]);
  return port > PORT_MAX || port === 0 ? undefined : { host: match[1] ?? match[2]!, port };
}

/** Every address behind the text; throws when there is none. */
export async function resolveJoinAddress(text: string, defaultPort: number): Promise<Endpoint[]> {
  const endpoint = parseJoinAddress(text, defaultPort);
  if (!endpoint) throw new Error(`${text}: not a host or host:port`);
  if (isIP(endpoint.host)) return [{ ...endpoint, host: canonicalAddress(endpoint.host) }];
  const found = await lookup(endpoint.host, { all: true });
  return found
    .slice(0, ADDRESSES_PER_NAME_MAX)
    .map(({ address }) => ({ ...endpoint, host: canonicalAddress(address) }));
}
