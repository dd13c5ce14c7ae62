import { isIP } from 'node:net';
import { getServers } from 'node:dns';
import { messageOf } from './coded-error';

/** Operators read and match the texts of Go's net package, which Consul prints as they are; these are their words. */
const SYSCALL_TEXTS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connect: connection refused',
  EHOSTUNREACH: 'connect: no route to host',
  ENETUNREACH: 'connect: network is unreachable',
  EACCES: 'connect: permission denied',
  EADDRNOTAVAIL: 'connect: cannot assign requested address',
  ETIMEDOUT: 'i/o timeout',
};

interface DialFailure {
  readonly code?: string;
  readonly address?: string;
  readonly port?: number;
  readonly hostname?: string;
  readonly errors?: readonly unknown[];
}

/** Certificates that were refused: OpenSSL's codes, and what Go's crypto/x509 says instead. */
const CERTIFICATE_TEXTS: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'x509: certificate signed by unknown authority',
  SELF_SIGNED_CERT_IN_CHAIN: 'x509: certificate signed by unknown authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'x509: certificate signed by unknown authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'x509: certificate signed by unknown authority',
  CERT_HAS_EXPIRED: 'x509: certificate has expired or is not yet valid',
  CERT_NOT_YET_VALID: 'x509: certificate has expired or is not yet valid',
};

/** The text for a connection that could not be made; `target` is `host:port` as configured. */
export function dialErrorText(network: 'tcp' | 'udp', target: string, thrown: unknown): string {
  const failure = firstOf(thrown);
  const { code, address, port } = failure;
  if (code !== undefined && Object.hasOwn(CERTIFICATE_TEXTS, code)) return CERTIFICATE_TEXTS[code]!;
  // OpenSSL's own text carries the number of a thread, which is another one in each life of the agent.
  if (code === 'EPROTO' || code?.startsWith('ERR_SSL_')) return `tls: ${tlsReason(thrown)}`;
  if (code === 'ECONNRESET') {
    return messageOf(thrown) === 'socket hang up' ? 'EOF' : `read ${network} ${target}: read: connection reset by peer`;
  }
  const lookedUp = lookupErrorText(thrown, hostOf(target));
  if (lookedUp !== undefined) return `dial ${network}: ${lookedUp}`;
  const reached = address === undefined ? target : joinHostPort(address, port ?? 0);
  return `dial ${network} ${reached}: ${(code && SYSCALL_TEXTS[code]) ?? messageOf(thrown)}`;
}

/** `lookup web.internal on 10.0.0.2:53: no such host`; undefined when the failure is not one of a name. */
export function lookupErrorText(thrown: unknown, host: string): string | undefined {
  const { code, hostname } = firstOf(thrown);
  if (code !== 'ENOTFOUND' && code !== 'EAI_AGAIN') return undefined;
  const [server] = getServers();
  const asked = server === undefined ? '' : ` on ${splitHostPort(server) ? server : joinHostPort(server, 53)}`;
  return `lookup ${hostname ?? host}${asked}: ${code === 'ENOTFOUND' ? 'no such host' : 'server misbehaving'}`;
}

/** `…:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:…` → `wrong version number`. */
export function tlsReason(thrown: unknown): string {
  return /:error:[0-9A-F]+:[^:]*:[^:]*:([^:]+):/.exec(messageOf(thrown))?.[1] ?? 'handshake failure';
}

/** Of several attempts (both address families) the first failure speaks. */
function firstOf(thrown: unknown): DialFailure {
  const failure = thrown as DialFailure;
  return (failure.errors?.[0] as DialFailure | undefined) ?? failure;
}

/** Splits `host:port` and `[v6]:port`; undefined when there is no port. */
export function splitHostPort(target: string): { readonly host: string; readonly port: number } | undefined {
  const match = /^(?:\[([^\]]+)\]|([^:]*)):(\d+)$/.exec(target);
  if (!match) return undefined;
  const port = Number(match[3]);
  return port <= 65_535 ? { host: match[1] ?? match[2] ?? '', port } : undefined;
}

/** What Go says of a target that is no `host:port`. */
export function addressProblem(network: 'tcp' | 'udp', target: string): string | undefined {
  if (splitHostPort(target)) return undefined;
  const colons = target.split(':').length - 1;
  const shown = colons === 1 ? target.slice(target.indexOf(':') + 1) : target;
  const reason = colons === 0 ? 'missing port in address' : colons > 1 ? 'too many colons in address' : 'invalid port';
  return `dial ${network}: address ${shown}: ${reason}`;
}

const hostOf = (target: string): string => splitHostPort(target)?.host ?? target;

export const joinHostPort = (host: string, port: number): string =>
  isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;

/** A port that cannot be had: `listen tcp 127.0.0.1:8500: bind: address already in use`. */
export function listenErrorText(thrown: unknown): string {
  const { code, syscall, address, port } = thrown as DialFailure & NodeJS.ErrnoException;
  const reason = BIND_TEXTS[code ?? ''];
  if (syscall === undefined || reason === undefined) return messageOf(thrown);
  const network = syscall === 'bind' ? 'udp' : 'tcp';
  const at = port === undefined ? (address ?? '') : joinHostPort(address ?? '', port);
  return `listen ${port === undefined ? 'unix' : network} ${at}: bind: ${reason}`;
}

const BIND_TEXTS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EADDRINUSE: 'address already in use',
  EADDRNOTAVAIL: 'cannot assign requested address',
};
