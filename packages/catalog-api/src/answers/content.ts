import type { WatchKey } from '@tribune/state-store';
import { encodeJson } from '../json/go-json';

/** What a query found, before it is bytes. */
export type Content =
  | { readonly kind: 'json'; readonly value: unknown }
  /** A JSON array of many rows, each encoded by itself: in slices, so that the event loop is not held. */
  | {
      readonly kind: 'list';
      readonly rows: readonly unknown[];
      readonly encode: (row: never, pretty: boolean) => string;
    }
  | { readonly kind: 'raw'; readonly bytes: Buffer; readonly headers: readonly string[] }
  | { readonly kind: 'notFound' };

export interface Evaluated {
  readonly index: number;
  readonly watch: readonly WatchKey[];
  readonly content: Content;
}

export interface Encoded {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: string | Buffer;
}

const JSON_HEADERS: readonly string[] = ['Content-Type', 'application/json'];
/** A list up to this many rows is encoded in one go: at most a few milliseconds. */
const ROWS_AT_ONCE = 200;
/** Longest stretch of encoding before the event loop gets its turn. Milliseconds. */
const SLICE_MS = 5;

export function encodeContent(content: Content, pretty: boolean): Encoded | Promise<Encoded> {
  switch (content.kind) {
    case 'json':
      return { status: 200, headers: JSON_HEADERS, body: encodeJson(content.value, pretty) };
    case 'raw':
      return { status: 200, headers: content.headers, body: content.bytes };
    case 'notFound':
      return { status: 404, headers: [], body: '' };
    case 'list':
      return encodeList(content, pretty);
  }
}

function encodeList(content: Content & { kind: 'list' }, pretty: boolean): Encoded | Promise<Encoded> {
  const { rows } = content;
  const encode = content.encode as (row: unknown, pretty: boolean) => string;
  const finish = (body: string | Buffer): Encoded => ({ status: 200, headers: JSON_HEADERS, body });
  if (rows.length === 0) return finish(pretty ? '[]\n' : '[]');
  const [open, between, close] = pretty ? ['[\n    ', ',\n    ', '\n]\n'] : ['[', ',', ']'];
  if (rows.length <= ROWS_AT_ONCE) return finish(open + rows.map((row) => encode(row, pretty)).join(between) + close);
  return encodeSlices(rows, (row) => encode(row, pretty), between).then((slices) =>
    finish(Buffer.concat([Buffer.from(open), ...slices, Buffer.from(close)])),
  );
}

async function encodeSlices(
  rows: readonly unknown[],
  encode: (row: unknown) => string,
  between: string,
): Promise<Buffer[]> {
  const slices: Buffer[] = [];
  let sliceStartMs = performance.now();
  let part = '';
  for (let i = 0; i < rows.length; i++) {
    part += (i === 0 ? '' : between) + encode(rows[i]);
    if (i % 32 !== 0 || performance.now() - sliceStartMs < SLICE_MS) continue;
    slices.push(Buffer.from(part));
    part = '';
    await new Promise((resolve) => setImmediate(resolve));
    sliceStartMs = performance.now();
  }
  slices.push(Buffer.from(part));
  return slices;
}
