import { isIP } from 'node:net';
import { assert } from '@tribune/platform';
import { malformed } from './wire-error';

const IPV4_BYTES = 4;
const IPV6_BYTES = 16;
const MAPPED_PREFIX = Buffer.from('00000000000000000000ffff', 'hex');

/** 4 or 16 bytes to canonical text; an IPv4-mapped IPv6 address becomes the IPv4 address it is. */
export function addressText(bytes: Buffer): string {
  if (bytes.length === IPV4_BYTES) return bytes.join('.');
  if (bytes.length !== IPV6_BYTES) throw malformed(`an address has 4 or 16 bytes, not ${bytes.length}`);
  if (bytes.subarray(0, 12).equals(MAPPED_PREFIX)) return bytes.subarray(12).join('.');
  const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(2 * i).toString(16));
  return compress(groups);
}

/** IPv4 text to 4 bytes, IPv6 text to 16. */
export function addressBytes(host: string): Buffer {
  const family = isIP(host);
  assert(family !== 0, 'a member address is an IP address');
  if (family === 4) return Buffer.from(host.split('.').map(Number));
  const bytes = Buffer.alloc(IPV6_BYTES);
  expand(host.split('%')[0]!).forEach((group, i) => bytes.writeUInt16BE(group, 2 * i));
  return bytes;
}

/** Any spelling of an address to the one that is compared. */
export const canonicalAddress = (host: string): string => addressText(addressBytes(host));

/** RFC 5952 §4.2: the longest run of at least two zero groups becomes `::`. */
function compress(groups: readonly string[]): string {
  let best = { at: -1, length: 1 };
  for (let at = 0; at < groups.length; at++) {
    let length = 0;
    while (groups[at + length] === '0') length += 1;
    if (length > best.length) best = { at, length };
  }
  if (best.at < 0) return groups.join(':');
  return `${groups.slice(0, best.at).join(':')}::${groups.slice(best.at + best.length).join(':')}`;
}

function expand(host: string): number[] {
  const [head = '', tail] = host.split('::');
  const front = groupsOf(head);
  const back = tail === undefined ? [] : groupsOf(tail);
  const zeros = Array.from({ length: 8 - front.length - back.length }, () => 0);
  return [...front, ...zeros, ...back];
}

function groupsOf(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}
