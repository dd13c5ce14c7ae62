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
/** Longest stretch of encoding before the event loop gets its turn. Milliseconds. */
const SLICE_MS = 5;
/** Rows between two looks at the clock. */
const CLOCK_EVERY = 8;

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

/** One go when it fits in a slice of time; otherwise the rest comes in later turns of the event loop. */
function encodeList(content: Content & { kind: 'list' }, pretty: boolean): Encoded | Promise<Encoded> {
  const { rows } = content;
  const encode = content.encode as (row: unknown, pretty: boolean) => string;
  const finish = (body: string | Buffer): Encoded => ({ status: 200, headers: JSON_HEADERS, body });
  if (rows.length === 0) return finish(pretty ? '[]\n' : '[]');
  const [open, between, close] = pretty ? ['[\n    ', ',\n    ', '\n]\n'] : ['[', ',', ']'];
  const slices = new Slices(rows, (row) => encode(row, pretty), between);
  const first = slices.next();
  if (slices.isDone) return finish(open + first + close);
  return slices
    .rest([Buffer.from(open), Buffer.from(first)])
    .then((parts) => finish(Buffer.concat([...parts, Buffer.from(close)])));
}

class Slices {
  private at = 0;

  constructor(
    private readonly rows: readonly unknown[],
    private readonly encode: (row: unknown) => string,
    private readonly between: string,
  ) {}

  get isDone(): boolean {
    return this.at === this.rows.length;
  }

  /** As many rows as fit in a slice of time. */
  next(): string {
    const startMs = performance.now();
    let text = '';
    do {
      text += (this.at === 0 ? '' : this.between) + this.encode(this.rows[this.at]);
      this.at++;
    } while (!this.isDone && (this.at % CLOCK_EVERY !== 0 || performance.now() - startMs < SLICE_MS));
    return text;
  }

  async rest(parts: Buffer[]): Promise<Buffer[]> {
    while (!this.isDone) {
      await new Promise((resolve) => setImmediate(resolve));
      parts.push(Buffer.from(this.next()));
    }
    return parts;
  }
}
