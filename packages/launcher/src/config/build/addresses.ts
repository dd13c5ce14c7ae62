import { isIP, isIPv4 } from 'node:net';
import { messageOf } from '@tribune/platform';
import type { HostPort, ListenAddress } from '../agent-config';
import { isPrivate, isPublic, type InterfaceAddress } from './interfaces';
import { expandTemplate } from './sockaddr';

export type Report = (key: string, message: string) => void;

/** Turns the address keys into addresses; what cannot be one is reported under its key. */
export class AddressReader {
  constructor(
    private readonly interfaces: readonly InterfaceAddress[],
    private readonly report: Report,
  ) {}

  /** The space-separated words of an address key, templates expanded. */
  words(key: string, text: string): readonly string[] {
    try {
      return expandTemplate(text, this.interfaces).split(/\s+/).filter(Boolean);
    } catch (thrown) {
      this.report(key, messageOf(thrown));
      return [];
    }
  }

  /** One IP address, or '' when none is given. */
  ip(key: string, text: string): string {
    const words = this.words(key, text);
    if (words.length === 0 && text.includes('{{')) this.report(key, `${JSON.stringify(text)} gives no address`);
    if (words.length > 1) this.report(key, `one address is allowed, got ${JSON.stringify(words.join(' '))}`);
    const [address = ''] = words;
    if (address !== '' && isIP(address) === 0)
      this.report(key, `expected an IP address, got ${JSON.stringify(address)}`);
    return address;
  }

  /** An address that others can dial. */
  dialable(key: string, text: string): string {
    const address = this.ip(key, text);
    if (isAny(address)) this.report(key, `${address} cannot be advertised`);
    return address;
  }

  /** Where to listen: IP addresses and, where `sockets` says so, `unix://` paths. No listener when the port is -1. */
  listeners(key: string, words: readonly string[], port: number, sockets: boolean): readonly ListenAddress[] {
    return words.flatMap((word): ListenAddress[] => {
      if (word.startsWith('unix://')) {
        if (sockets) return [{ path: word.slice('unix://'.length) }];
        this.report(key, 'cannot be a unix socket');
        return [];
      }
      // Consul resolves no names here, `localhost` included.
      if (isIP(word) === 0) this.report(key, `expected an IP address, got ${JSON.stringify(word)}`);
      return port < 0 ? [] : [{ host: word, port }];
    });
  }

  /** The address to advertise when none is given: bind_addr itself, or the machine's only private (IPv6: public) address. */
  advertised(bindHost: string): string {
    if (!isAny(bindHost)) return bindHost;
    const wanted = isIPv4(bindHost) ? 'private IPv4' : 'public IPv6';
    const fits = ({ address }: InterfaceAddress): boolean =>
      isIPv4(bindHost) ? isIPv4(address) && isPrivate(address) : isIP(address) === 6 && isPublic(address);
    const found = this.interfaces.filter(fits).map(({ address }) => address);
    if (found.length === 1) return found[0]!;
    const many = `Multiple ${wanted} addresses found (${found.join(', ')})`;
    const what = found.length === 0 ? `No ${wanted} address found` : many;
    this.report('advertise_addr', `${what}. Please configure one with 'bind_addr' and/or 'advertise_addr'.`);
    return '';
  }
}

export const isAny = (address: string): boolean => /^0\.0\.0\.0$|^(0*:)+0*$/.test(address);

/** `host`, `host:port`, `[v6]:port` or a bare IPv6 address; undefined for anything else. */
export function parseHostPort(text: string, defaultPort: number): HostPort | undefined {
  if (isIP(text) === 6) return { host: text, port: defaultPort };
  const match = /^(?:\[([^\]]+)\]|([^:\s]+))(?::(\d{1,5}))?$/.exec(text);
  const port = match?.[3] === undefined ? defaultPort : Number(match[3]);
  if (!match || port > 65535 || (match[1] !== undefined && isIP(match[1]) !== 6)) return undefined;
  return { host: (match[1] ?? match[2])!, port };
}
