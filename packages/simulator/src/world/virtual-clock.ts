import type { Clock, Timer } from '@tribune/platform';

class Due implements Timer {
  constructor(
    readonly atMs: number,
    /** Timers of one instant run in the order in which they were set. */
    readonly order: number,
    public callback: (() => void) | undefined,
  ) {}

  cancel(): void {
    this.callback = undefined;
  }
}

/** Turns that are ordered from the event loop at a time. Promises settle between any two of them. */
const TURNS = 64;

/**
 * The only time there is. Every promise that can settle has settled before time moves on; nothing in a history may wait
 * for the real event loop. Like the test kit's `SimClock`, for millions of timers: a heap, and turns by the dozen.
 */
export class VirtualClock implements Clock {
  private readonly heap: Due[] = [];
  /** Set for the present instant, which is most of them: they come behind everything that was set for it before. */
  private readonly present: Due[] = [];
  private presentRun = 0;
  private nowMs = 0;
  private orders = 0;

  /** @param epochMs wall time at the start: 2020-01-01T00:00:00Z */
  constructor(private readonly epochMs = 1_577_836_800_000) {}

  monotonicMs(): number {
    return this.nowMs;
  }

  wallMs(): number {
    return this.epochMs + this.nowMs;
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    const atMs = this.nowMs + Math.max(0, delayMs);
    const due = new Due(atMs, this.orders++, callback);
    if (atMs === this.nowMs) this.present.push(due);
    else this.push(due);
    return due;
  }

  /** Runs what is due in this span, one timer after another. */
  elapse(spanMs: number): Promise<void> {
    const endMs = this.nowMs + spanMs;
    return new Promise((resolve, reject) => {
      let isOver = false;
      const turn = (): void => {
        if (isOver) return;
        try {
          if (this.runNext(endMs)) return;
          this.nowMs = endMs;
          resolve();
        } catch (error) {
          reject(error as Error);
        }
        isOver = true;
      };
      const order = (): void => {
        if (isOver) return;
        for (let i = 0; i < TURNS; i++) setImmediate(turn);
        setImmediate(order);
      };
      order();
    });
  }

  private runNext(endMs: number): boolean {
    for (let next = this.take(endMs); next; next = this.take(endMs)) {
      const { callback } = next;
      if (!callback) continue;
      this.nowMs = next.atMs;
      callback();
      return true;
    }
    return false;
  }

  private take(endMs: number): Due | undefined {
    const next = this.heap[0];
    const isDueNow = next !== undefined && next.atMs <= this.nowMs;
    if (!isDueNow && this.presentRun < this.present.length) return this.takePresent();
    if (!next || next.atMs > endMs) return undefined;
    this.pop();
    return next;
  }

  private takePresent(): Due {
    const due = this.present[this.presentRun++]!;
    if (this.presentRun === this.present.length) {
      this.present.length = 0;
      this.presentRun = 0;
    }
    return due;
  }

  private push(due: Due): void {
    const { heap } = this;
    let place = heap.length;
    for (; place > 0;) {
      const parent = (place - 1) >>> 1;
      if (isBefore(heap[parent]!, due)) break;
      heap[place] = heap[parent]!;
      place = parent;
    }
    heap[place] = due;
  }

  private pop(): void {
    const { heap } = this;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (isBefore(last, heap[child]!)) break;
      heap[place] = heap[child]!;
      place = child;
    }
    heap[place] = last;
  }
}

const isBefore = (a: Due, b: Due): boolean => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
