import type { Reply, SharedBody } from '../http/reply';

/** A body up to this long stays a string, which Node sends together with the headers in one write. Bytes. */
const STRING_BYTES_MAX = 16_384;

/** An encoded answer, good until one of the rows it was made from changes. */
export class Answer implements SharedBody {
  readonly bytes: string | Buffer;
  readonly byteLength: number;
  gzipped: Buffer | undefined;
  whole: SharedBody['whole'];
  /** The last reply made of it, and for whom; `?cached` gets one of its own. */
  replied: { readonly consistency: string; readonly freshness: object; readonly reply: Reply } | undefined;
  /** False once a row behind it has changed: it may still be sent to those who asked before, never to others. */
  isCurrent = true;
  /** Asked for since the last sweep. */
  used = true;
  /** The request targets that lead straight here. */
  readonly urls: string[] = [];
  /** Blocking queries that wait for its successor. */
  readonly waiters = new Set<Waiter>();

  constructor(
    /** What clients send back as `index`. */
    readonly index: number,
    readonly status: number,
    /** Content headers in turn: name, value. */
    readonly headers: readonly string[],
    body: string | Buffer,
  ) {
    this.byteLength = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
    this.bytes = typeof body === 'string' && body.length > STRING_BYTES_MAX ? Buffer.from(body) : body;
  }
}

/** One parked request. */
export interface Waiter {
  /** An answer must have a higher index than this. */
  readonly aboveIndex: number;
  readonly release: (answer: Answer) => void;
  /** What it gets when its time is up. */
  latest: Answer;
  isReleased: boolean;
}
