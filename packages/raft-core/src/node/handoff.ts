/** From those who bring chunks to the one who takes them, one chunk at a time: whoever brings more waits. */
export class Handoff implements AsyncIterable<Uint8Array> {
  private chunk: Uint8Array | undefined;
  private isOver = false;
  private failure: Error | undefined;
  private waiting: (() => void)[] = [];

  async give(chunk: Uint8Array): Promise<void> {
    while (this.chunk && !this.failure) await this.change();
    if (this.failure) throw this.failure;
    this.chunk = chunk;
    this.changed();
  }

  /** No more will come. */
  end(): void {
    this.isOver = true;
    this.changed();
  }

  /** Either side gives up: the other one gets it thrown. */
  fail(error: Error): void {
    this.failure ??= error;
    this.changed();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      if (this.failure) throw this.failure;
      const { chunk } = this;
      if (chunk) {
        this.chunk = undefined;
        this.changed();
        yield chunk;
      } else if (this.isOver) {
        return;
      } else {
        await this.change();
      }
    }
  }

  private change(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  private changed(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}
