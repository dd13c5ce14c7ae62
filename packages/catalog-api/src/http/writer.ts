import type { ServerResponse } from 'node:http';
import { once } from 'node:events';
import { encodeJson } from '../json/go-json';
import type { Reply, SharedBody } from './reply';
import { compress } from './gzip';
import { WholeAnswer } from './whole-answer';

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

/** What nearly every write is answered. */
const YES_OR_NO: ReadonlyMap<unknown, SharedBody> = new Map(
  [true, false].map((value) => {
    const bytes = encodeJson(value, false);
    return [value, { bytes, byteLength: Buffer.byteLength(bytes), gzipped: undefined }];
  }),
);

/** Puts a reply on the wire. Only a body too large to compress on the loop and a stream are asynchronous. */
export function writeReply(response: ServerResponse, reply: Reply, style: WriteStyle): void | Promise<void> {
  const { body } = reply;
  switch (body.kind) {
    case 'none':
      return end(response, reply, style, '', 0);
    case 'json': {
      const known = style.pretty || style.gzip ? undefined : YES_OR_NO.get(body.value);
      if (known) return endShared(response, reply, style, known);
      return writeBytes(response, reply, style, encodeJson(body.value, style.pretty));
    }
    case 'bytes':
      return writeBytes(response, reply, style, body.bytes);
    case 'shared': {
      if (!style.gzip) return endShared(response, reply, style, body.bytes);
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

/** Where Go's words for a status are not Node's. */
const STATUS_WORDS: ReadonlyMap<number, string> = new Map([[413, 'Request Entity Too Large']]);

function end(response: ServerResponse, reply: Reply, style: WriteStyle, bytes: string | Buffer, length: number): void {
  const words = STATUS_WORDS.get(reply.status);
  if (words !== undefined) response.statusMessage = words;
  response.writeHead(reply.status, [...style.headers, ...reply.headers, 'Content-Length', String(length)]);
  endBody(response, bytes, style.stalledMs);
}

/** Those who wait for the same thing get the same headers, most often. */
function endShared(response: ServerResponse, reply: Reply, style: WriteStyle, body: SharedBody): void {
  if (!WholeAnswer.fits(body.byteLength)) return end(response, reply, style, body.bytes, body.byteLength);
  const { status, headers } = reply;
  const { whole } = body;
  if (whole?.before === style.headers && whole.headers === headers)
    return endWhole(response, whole.answer, style.stalledMs);
  const all = [...style.headers, ...headers, 'Content-Length', String(body.byteLength)];
  const answer = new WholeAnswer(status, all, body.bytes);
  body.whole = { before: style.headers, headers, answer };
  endWhole(response, answer, style.stalledMs);
}

/** Sends a whole answer, and lets go of a client that does not take it. */
export function endWhole(response: ServerResponse, answer: WholeAnswer, stalledMs: number): void {
  answer.send(response);
  if (response.writableLength > 0) cutOffWhenStalled(response, stalledMs);
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
