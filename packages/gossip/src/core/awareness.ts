/**
 * Local health awareness (Lifeguard §III.A): how much this member distrusts itself. Missing acks, missing nacks
 * and having to refute raise the score, answered probes lower it; time-outs are scaled by it.
 */
export class Awareness {
  private current = 0;

  constructor(private readonly max: number) {}

  /** 0 is healthy; at most max − 1. */
  get score(): number {
    return this.current;
  }

  apply(delta: number): void {
    this.current = Math.min(Math.max(this.current + delta, 0), this.max - 1);
  }

  scale(timeoutMs: number): number {
    return timeoutMs * (this.current + 1);
  }
}
