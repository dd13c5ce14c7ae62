import type { OutgoingHttpHeaders } from 'node:http';

/** One request of a chain of redirects. */
export interface Hop {
  readonly url: URL;
  readonly method: string;
  readonly header: OutgoingHttpHeaders;
  readonly body: string;
}

/** Not sent to another host than the one they were meant for (CVE-2024-45336 and its kin). */
const SECRET_HEADERS = ['authorization', 'cookie', 'www-authenticate', 'proxy-authorization'];

/**
 * The request that follows a redirect, or undefined when the answer is final. As Go's http.Client: 301 to 303 become a
 * GET without body, 307 and 308 repeat the request.
 */
export function redirectOf(hop: Hop, status: number, location: string | undefined): Hop | undefined {
  if (![301, 302, 303, 307, 308].includes(status) || !location) return undefined;
  const url = new URL(location, hop.url);
  const header = without(hop.header, url.host === hop.url.host ? ['host'] : ['host', ...SECRET_HEADERS]);
  if (status >= 307) return { ...hop, url, header };
  return { url, method: hop.method === 'HEAD' ? 'HEAD' : 'GET', header, body: '' };
}

function without(header: Hop['header'], names: readonly string[]): Hop['header'] {
  return Object.fromEntries(Object.entries(header).filter(([name]) => !names.includes(name.toLowerCase())));
}
