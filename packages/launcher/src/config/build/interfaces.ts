import { BlockList, isIP, isIPv4 } from 'node:net';
import { networkInterfaces } from 'node:os';

/** One address of this machine. */
export interface InterfaceAddress {
  readonly name: string;
  readonly address: string;
  readonly isLoopback: boolean;
}

export function systemInterfaces(): readonly InterfaceAddress[] {
  return Object.entries(networkInterfaces()).flatMap(([name, addresses]) =>
    (addresses ?? []).map(({ address, internal }) => ({ name, address, isLoopback: internal })),
  );
}

export function isInNetwork(address: string, cidr: string): boolean {
  const network = networkOf(cidr);
  return network !== undefined && isIP(address) !== 0 && network.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
}

/** The network that `10.0.0.0/8` names; undefined when it names none. */
export function networkOf(cidr: string): BlockList | undefined {
  const [address = '', bits = ''] = cidr.split('/');
  const family = isIP(address);
  if (family === 0 || !/^\d+$/.test(bits) || Number(bits) > (family === 4 ? 32 : 128)) return undefined;
  const list = new BlockList();
  list.addSubnet(address, Number(bits), family === 4 ? 'ipv4' : 'ipv6');
  return list;
}

/** RFC 1918, RFC 6598 and RFC 4193: what go-sockaddr calls private (RFC 6890 forwardable, not global). */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'];
const NEVER_PUBLIC = ['127.0.0.0/8', '169.254.0.0/16', '0.0.0.0/8', '::1/128', 'fe80::/10'];

export const isPrivate = (address: string): boolean => PRIVATE.some((cidr) => isInNetwork(address, cidr));
export const isPublic = (address: string): boolean =>
  !isPrivate(address) && !NEVER_PUBLIC.some((cidr) => isInNetwork(address, cidr));
