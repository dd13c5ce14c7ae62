import { getServers } from 'node:dns';

/** A request that got no answer, or not the hoped for one. The message is what Consul's command line prints. */
export class HttpFailure extends Error {
  override readonly name = 'HttpFailure';

  constructor(
    message: string,
    /** The answer's status; undefined when no answer came. */
    readonly status?: number,
  ) {
    super(message);
  }

  /** Worth another try: the agent is away or has no leader just now. */
  get isTransient(): boolean {
    return this.status === undefined || this.status >= 500;
  }
}

export function unexpectedStatus(status: number, body: string): HttpFailure {
  return new HttpFailure(`Unexpected response code: ${status} (${body})`, status);
}

/** Of connecting, in the words of Go. */
const CONNECT_REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connect: connection refused',
  ENOENT: 'connect: no such file or directory',
  EHOSTUNREACH: 'connect: no route to host',
  ENETUNREACH: 'connect: network is unreachable',
  ETIMEDOUT: 'connect: connection timed out',
  EACCES: 'connect: permission denied',
};

/** `Get "http://…": dial tcp 127.0.0.1:8500: connect: connection refused` */
export function noAnswer(method: string, url: string, dialled: string, error: NodeJS.ErrnoException): HttpFailure {
  const verb = method[0]! + method.slice(1).toLowerCase();
  const cause = causeOf(error);
  const lookedUp = lookupReason(cause);
  if (lookedUp !== undefined) return new HttpFailure(`${verb} "${url}": dial tcp: ${lookedUp}`);
  const reason = CONNECT_REASONS[cause.code ?? ''];
  const isReset = cause.code === 'ECONNRESET' || cause.code === 'EPIPE';
  const said = isReset ? 'connection reset by peer' : cause.message;
  return new HttpFailure(`${verb} "${url}": ${reason === undefined ? said : `dial ${dialled}: ${reason}`}`);
}

const LOOKUP_REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'server misbehaving',
};

/** `lookup web on 10.0.0.2:53: no such host` */
function lookupReason({ code, hostname }: NodeJS.ErrnoException & { readonly hostname?: string }): string | undefined {
  const reason = LOOKUP_REASONS[code ?? ''];
  if (reason === undefined) return undefined;
  const [server] = getServers();
  const asked = server === undefined ? '' : ` on ${/^(\[.*\]|[^:]*):\d+$/.test(server) ? server : `${server}:53`}`;
  return `lookup ${hostname ?? ''}${asked}: ${reason}`;
}

/** `localhost` may be tried on two addresses; each failure then hides in an AggregateError. */
function causeOf(error: NodeJS.ErrnoException): NodeJS.ErrnoException {
  return error instanceof AggregateError && error.errors.length > 0
    ? (error.errors[0] as NodeJS.ErrnoException)
    : error;
}
