import { isIP, isIPv6 } from 'node:net';

export interface RecursorAddress {
  readonly host: string;
  readonly port: number;
}

/** `10.0.0.2`, `10.0.0.2:5353`, `fd00::2`, `[fd00::2]:5353`; undefined for anything else. Port 53 by default. */
export function parseRecursor(text: string): RecursorAddress | undefined {
  if (isIP(text)) return { host: text, port: 53 };
  const match = /^(?:\[(?<v6>[^\]]+)\]|(?<v4>[^:]+))(?::(?<port>\d{1,5}))?$/.exec(text);
  const host = match?.groups?.v6 ?? match?.groups?.v4;
  const port = Number(match?.groups?.port ?? 53);
  if (!host || !isIP(host) || (match?.groups?.v6 && !isIPv6(host)) || port < 1 || port > 65_535) return undefined;
  return { host, port };
}
