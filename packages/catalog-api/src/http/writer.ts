import type { ServerResponse } from 'node:http';
import { once } from 'node:events';
import { encodeJson } from '../json/go-json';
import type { Reply } from './reply';
import { compress } from './gzip';

/** A client that takes no byte of its answer for this long is cut off, so that it cannot hold memory. Milliseconds. */
export const STALLED_READER_MS = 60_000;

export interface WriteStyle {
  readonly pretty: boolean;
  readonly gzip: boolean;
  /** Flat name and value pairs that go before the reply's own. */
  readonly headers: readonly string[];
  /** See {@link STALLED_READER_MS}. */
  readonly stalledMs: number;
}

/** Puts a reply on the wire. Only a body too large to compress on the loop and a stream are asynchronous. */
export function writeReply(response: ServerResponse, reply: Reply, style: WriteStyle): void | Promise<void> {
  const { body } = reply;
  switch (body.kind) {
    case 'none':
      return end(response, reply, style, '', 0);
    case 'json':
      return writeBytes(response, reply, style, encodeJson(body.value, style.pretty));
    case 'bytes':
      return writeBytes(response, reply, style, body.bytes);
    case 'shared': {
      if (!style.gzip) return end(response, reply, style, body.bytes.bytes, body.bytes.byteLength);
      if (body.bytes.gzipped) return endGzipped(response, reply, style, body.bytes.gzipped);
      return compressThen(body.bytes.bytes, (packed) => {
        body.bytes.gzipped = packed;
        endGzipped(response, reply, style, packed);
      });
    }
    case 'stream':
      return writeStream(response, reply, style, body.chunks);
  }
}

function writeBytes(
  response: ServerResponse,
  reply: Reply,
  style: WriteStyle,
  bytes: string | Buffer,
): void | Promise<void> {
  if (style.gzip && bytes.length > 0)
    return compressThen(bytes, (packed) => endGzipped(response, reply, style, packed));
  end(response, reply, style, bytes, typeof bytes === 'string' ? Buffer.byteLength(bytes) : bytes.length);
}

function compressThen(bytes: string | Buffer, write: (packed: Buffer) => void): void | Promise<void> {
  const packed = compress(bytes);
  return packed instanceof Promise ? packed.then(write) : write(packed);
}

function endGzipped(response: ServerResponse, reply: Reply, style: WriteStyle, packed: Buffer): void {
  const headers = [...style.headers, 'Content-Encoding', 'gzip'];
  end(response, reply, { ...style, headers }, packed, packed.length);
}

function end(response: ServerResponse, reply: Reply, style: WriteStyle, bytes: string | Buffer, length: number): void {
  response.writeHead(reply.status, [...style.headers, ...reply.headers, 'Content-Length', String(length)]);
  endBody(response, bytes, style.stalledMs);
}

/** Sends a body after its headers, and lets go of a client that does not take it. */
export function endBody(response: ServerResponse, bytes: string | Buffer, stalledMs: number): void {
  response.end(bytes);
  if (response.writableLength > 0) cutOffWhenStalled(response, stalledMs);
}

function cutOffWhenStalled(response: ServerResponse, stalledMs: number): void {
  const { socket } = response;
  if (!socket) return;
  const cutOff = (): void => void socket.destroy();
  socket.setTimeout(stalledMs, cutOff);
  response.once('close', () => {
    socket.setTimeout(0);
    socket.removeListener('timeout', cutOff);
  });
}

async function writeStream(
  response: ServerResponse,
  reply: Reply,
  style: WriteStyle,
  chunks: AsyncIterable<string | Uint8Array>,
): Promise<void> {
  response.writeHead(reply.status, [...style.headers, ...reply.headers]);
  response.flushHeaders();
  for await (const chunk of chunks) {
    if (response.destroyed) break;
    if (!response.write(chunk)) {
      cutOffWhenStalled(response, style.stalledMs);
      await Promise.race([once(response, 'drain'), once(response, 'close')]);
    }
  }
  response.end();
}
