import { ArchiveError } from './archive-error';

/** Takes exact numbers of bytes from a stream of pieces of any size. */
export class ByteReader {
  private readonly source: AsyncIterator<Uint8Array>;
  private left: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.source = source[Symbol.asyncIterator]();
  }

  /** For small things: they are held in memory. */
  async take(count: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    for await (const piece of this.stream(count)) parts.push(piece);
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
  }

  async *stream(count: number): AsyncGenerator<Buffer> {
    for (let missing = count; missing > 0;) {
      if (this.left.length === 0 && !(await this.more())) throw new ArchiveError('unexpected EOF');
      const piece = this.left.subarray(0, missing);
      this.left = this.left.subarray(piece.length);
      missing -= piece.length;
      yield piece;
    }
  }

  /** Everything that is left. */
  async *rest(): AsyncGenerator<Buffer> {
    for (;;) {
      if (this.left.length > 0) yield this.left;
      this.left = Buffer.alloc(0);
      if (!(await this.more())) return;
    }
  }

  private async more(): Promise<boolean> {
    const next = await this.source.next();
    if (next.done) return false;
    this.left = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength);
    return true;
  }
}
