import type { WholeAnswer } from './whole-answer';

/** What a route answers. The kernel adds `Vary`, the length, gzip, indentation and configured headers. */
export interface Reply {
  readonly status: number;
  /** Name and value in turn, in Go's canonical spelling. */
  readonly headers: readonly string[];
  readonly body: ReplyBody;
}

/**
 * A reply that waits for something to change. Not a promise: when one write wakes thousands of them, the turns that a
 * chain of promises takes are a good part of what each one costs.
 */
export class ParkedReply {
  /** `subscribe` is given what sends the reply, and calls it once. */
  constructor(readonly subscribe: (send: (reply: Reply) => void) => void) {}
}

/** A reply, at once or when something has changed. */
export type Answering = Reply | ParkedReply;

export type ReplyBody =
  | { readonly kind: 'none' }
  /** Encoded by the kernel, indented when asked for. */
  | { readonly kind: 'json'; readonly value: unknown }
  /** Ready bytes. A string is sent as UTF-8. */
  | { readonly kind: 'bytes'; readonly bytes: string | Buffer }
  /** Ready bytes that many requests share, with their gzip form kept beside them. */
  | { readonly kind: 'shared'; readonly bytes: SharedBody }
  /** Sent as it comes, for as long as the client stays. */
  | { readonly kind: 'stream'; readonly chunks: AsyncIterable<string | Uint8Array> };

/** One encoded body for many requests. Short ones are strings, which Node sends in one write with the headers. */
export interface SharedBody {
  readonly bytes: string | Buffer;
  readonly byteLength: number;
  gzipped: Buffer | undefined;
  /** As it went to the last request, headers and all. */
  whole?: { readonly before: readonly string[]; readonly headers: readonly string[]; readonly answer: WholeAnswer };
}

const JSON_TYPE: readonly string[] = ['Content-Type', 'application/json'];
const TEXT_TYPE: readonly string[] = ['Content-Type', 'text/plain; charset=utf-8'];
const NONE = { kind: 'none' } as const;

export function json(value: unknown, headers: readonly string[] = [], status = 200): Reply {
  return { status, headers: [...JSON_TYPE, ...headers], body: { kind: 'json', value } };
}

export function text(status: number, sentence: string, headers: readonly string[] = []): Reply {
  return { status, headers: [...TEXT_TYPE, ...headers], body: { kind: 'bytes', bytes: sentence } };
}

export function empty(status: number, headers: readonly string[] = []): Reply {
  return { status, headers, body: NONE };
}

export function bytes(
  contentType: string,
  body: string | Buffer,
  headers: readonly string[] = [],
  status = 200,
): Reply {
  return { status, headers: ['Content-Type', contentType, ...headers], body: { kind: 'bytes', bytes: body } };
}

export function stream(
  contentType: string,
  chunks: AsyncIterable<string | Uint8Array>,
  headers: readonly string[] = [],
): Reply {
  return { status: 200, headers: ['Content-Type', contentType, ...headers], body: { kind: 'stream', chunks } };
}
