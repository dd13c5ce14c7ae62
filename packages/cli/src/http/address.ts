/** Where the agent listens. */
export interface AgentAddress {
  readonly isTls: boolean;
  readonly host: string;
  readonly port: number;
  /** Instead of host and port. */
  readonly socketPath?: string;
  /** For error texts: `http://127.0.0.1:8500`. */
  readonly label: string;
}

const DEFAULT_PORT = { http: 80, https: 443 } as const;

/** Reads `-http-addr`: `host:port`, `http(s)://host:port` or `unix:///path`. */
export function parseAddress(given: string, isTlsByDefault: boolean): AgentAddress {
  if (given.startsWith('unix://')) return socketAddress(given.slice('unix://'.length));
  const match = /^(?:(\w[\w+.-]*):\/\/)?([^/]*)\/?$/.exec(given);
  const scheme = match?.[1] ?? (isTlsByDefault ? 'https' : 'http');
  if (!match || (scheme !== 'http' && scheme !== 'https' && scheme !== 'tcp')) throw badAddress(given);
  const isTls = scheme === 'https' || (scheme === 'tcp' && isTlsByDefault);
  const protocol = isTls ? 'https' : 'http';
  const { host, port } = hostPort(match[2]!, given);
  const label = `${protocol}://${match[2]}`;
  return { isTls, host, port: port ?? DEFAULT_PORT[protocol], label };
}

function socketAddress(path: string): AgentAddress {
  if (path === '') throw badAddress('unix://');
  return { isTls: false, host: 'localhost', port: 0, socketPath: path, label: `http://${encodeURIComponent(path)}` };
}

/** `h:1`, `[::1]:1` or a lone `h`. */
function hostPort(text: string, given: string): { readonly host: string; readonly port?: number } {
  const match = /^(?:\[([^\]]+)\]|([^:[\]]*))(?::(\d{1,5}))?$/.exec(text);
  if (!match || Number(match[3] ?? 0) > 65535) throw badAddress(given);
  const host = match[1] ?? (match[2] || '127.0.0.1');
  return match[3] === undefined ? { host } : { host, port: Number(match[3]) };
}

const badAddress = (given: string): Error =>
  new Error(`-http-addr: ${JSON.stringify(given)} is not host:port, http(s)://host:port or unix:///path`);
