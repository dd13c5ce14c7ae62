import { isIP, isIPv4 } from 'node:net';
import { networkInterfaces, type NetworkInterfaceInfo } from 'node:os';
import { canonicalAddress } from '../transport/codec/address';

const UNSPECIFIED = new Set(['0.0.0.0', '::']);
/** RFC 1918, RFC 6598 (shared), RFC 4193 (unique local). */
const PRIVATE = [
  /^10\./,
  /^192\.168\./,
  /^172\.(1[6-9]|2\d|3[01])\./,
  /^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./,
  /^f[cd]/i,
];

/**
 * The address that others use: the advertised one, or the bound one, or when bound to every address a private address
 * of this machine (the first other one if there is none; loopback if there is nothing else).
 */
export function advertisedAddress(
  advertise: string | undefined,
  bind: string,
  interfaces: readonly NetworkInterfaceInfo[] = Object.values(networkInterfaces()).flatMap((list) => list ?? []),
): string {
  if (advertise && isIP(advertise)) return canonicalAddress(advertise);
  if (!UNSPECIFIED.has(bind)) return canonicalAddress(bind);
  const wanted = interfaces.filter(({ internal, address }) => !internal && (bind === '::' || isIPv4(address)));
  const usable = wanted.filter(({ address }) => !/^fe80:/i.test(address));
  const chosen = usable.find(({ address }) => PRIVATE.some((range) => range.test(address))) ?? usable[0];
  return canonicalAddress(chosen?.address ?? '127.0.0.1');
}
