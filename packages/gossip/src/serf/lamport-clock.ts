/** Logical time (Lamport 1978): always ahead of every time seen, so that later means later everywhere. */
export class LamportClock {
  // Starts at 1: a join time of 0 stands for "never joined".
  private current = 1;

  get time(): number {
    return this.current;
  }

  increment(): number {
    this.current += 1;
    return this.current;
  }

  witness(time: number): void {
    if (time >= this.current) this.current = time + 1;
  }
}
