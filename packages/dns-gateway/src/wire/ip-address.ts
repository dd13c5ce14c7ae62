import { isIPv4, isIPv6 } from 'node:net';

/** 4 or 16 bytes of an address literal; undefined for a host name. A v4 address in v6 clothes is v4, as in Consul. */
export function addressBytes(text: string): Uint8Array | undefined {
  if (isIPv4(text)) return Uint8Array.from(text.split('.'), Number);
  if (!isIPv6(text)) return undefined;
  const bytes = v6Bytes(text.split('%')[0]!);
  const isMappedV4 = bytes.subarray(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff;
  return isMappedV4 ? bytes.subarray(12) : bytes;
}

/** `isIPv6` has vouched for the text. */
function v6Bytes(text: string): Uint8Array {
  const lastColon = text.lastIndexOf(':');
  const dotted = text.slice(lastColon + 1);
  const v4 = dotted.includes('.') ? dotted.split('.').map(Number) : undefined;
  const pure = v4 ? `${text.slice(0, lastColon + 1)}${hex16(v4[0]!, v4[1]!)}:${hex16(v4[2]!, v4[3]!)}` : text;
  const [head = '', tail] = pure.split('::');
  const front = head === '' ? [] : head.split(':');
  const back = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups = [...front, ...Array<string>(8 - front.length - back.length).fill('0'), ...back];
  return Uint8Array.from(groups.flatMap((group) => [parseInt(group, 16) >> 8, parseInt(group, 16) & 0xff]));
}

const hex16 = (high: number, low: number): string => ((high << 8) | low).toString(16);

/** One text per address, whatever way it was written: for comparing. */
export const addressKey = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** The address in `1.0.0.10.in-addr.arpa` or `….ip6.arpa` labels (RFC 1035 §3.5, RFC 3596 §2.5); undefined for a part of one. */
export function addressFromReverse(labels: readonly string[]): Uint8Array | undefined {
  const zone = labels.at(-2)?.toLowerCase();
  const digits = labels.slice(0, -2).reverse();
  if (zone === 'in-addr' && digits.length === 4)
    return isIPv4(digits.join('.')) ? Uint8Array.from(digits, Number) : undefined;
  if (zone !== 'ip6' || digits.length !== 32 || !digits.every((digit) => /^[0-9a-f]$/i.test(digit))) return undefined;
  const bytes = Buffer.from(digits.join(''), 'hex');
  return bytes;
}
