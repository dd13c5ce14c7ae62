import type { IncomingMessage, ServerResponse } from 'node:http';
import { announcesBody, readBody } from './body';
import type { Query } from './query';

/** One request, as a route sees it. */
export class Call {
  private aborter: AbortController | undefined;

  constructor(
    private readonly request: IncomingMessage,
    private readonly response: ServerResponse,
    readonly method: string,
    /** The pattern that matched. */
    readonly route: string,
    /** Percent-decoded once. */
    readonly path: string,
    /** What follows the route's pattern, for a pattern that ends in `/`: a key, a name, an id. */
    readonly tail: string,
    readonly query: Query,
    /** JSON is to be indented. */
    readonly pretty: boolean,
  ) {}

  /** A request header by its lower-case name. */
  header(name: string): string | undefined {
    const value = this.request.headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  }

  /** The path and query as they came over the wire. */
  get url(): string {
    return this.request.url ?? '/';
  }

  get remoteAddress(): string {
    return this.request.socket.remoteAddress ?? '';
  }

  /** The whole body; answers 413 as soon as more than `bytesMax` bytes are announced or have arrived. */
  body(bytesMax: number, tooLarge?: (bytes: number) => string): Promise<Buffer> {
    return readBody(this.request, this.response, bytesMax, tooLarge);
  }

  /**
   * Whoever is going to wait has its request closed now: afterwards, when thousands wake at once, that would cost as much
   * as their answers.
   */
  expectsNothing(): void {
    if (!announcesBody(this.request)) this.request.resume();
  }

  /** The body as it comes, for uploads too large to hold. */
  upload(): AsyncIterable<Uint8Array> {
    if (this.request.headers.expect !== undefined) this.response.writeContinue();
    return this.request;
  }

  /** Aborts when the client goes away or has been answered. Made on first use: most requests never ask. */
  get signal(): AbortSignal {
    if (!this.aborter) {
      const aborter = new AbortController();
      this.aborter = aborter;
      this.onClose(() => aborter.abort());
    }
    return this.aborter.signal;
  }

  /** Runs `listener` once the exchange is over, answered or not. */
  onClose(listener: () => void): void {
    if (this.response.closed || this.request.socket.destroyed) listener();
    else this.response.once('close', listener);
  }
}
