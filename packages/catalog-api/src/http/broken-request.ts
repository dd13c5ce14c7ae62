import type { Socket } from 'node:net';

/** What Node's parser says about a request it could not read. */
export interface ParserError extends Error {
  readonly code?: string;
  readonly rawPacket?: Buffer;
}

const REQUEST_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) (\S+) HTTP\/1\.[01]\r?\n/;

/** Method and target of a request that is well-formed but for a method Node does not know. */
export function unknownMethod(error: ParserError): { readonly method: string; readonly target: string } | undefined {
  if (error.code !== 'HPE_INVALID_METHOD' || !error.rawPacket) return undefined;
  const line = REQUEST_LINE.exec(error.rawPacket.toString('latin1', 0, 8_192));
  return line ? { method: line[1]!, target: line[2]! } : undefined;
}

/** Writes an answer by hand, for a connection whose parser has given up, and closes it. */
export function refuse(socket: Socket, statusLine: string, sentence: string, headers = ''): void {
  if (socket.destroyed || !socket.writable) return void socket.destroy();
  const head = `HTTP/1.1 ${statusLine}\r\n${headers}Content-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n`;
  socket.end(head + sentence, () => socket.destroy());
}

/** The status line for a parser error that no route can answer. */
export function statusOf(error: ParserError): string {
  if (error.code === 'HPE_HEADER_OVERFLOW') return '431 Request Header Fields Too Large';
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') return '408 Request Timeout';
  return '400 Bad Request';
}
