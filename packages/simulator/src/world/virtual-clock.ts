import type { Clock, Timer } from '@tribune/platform';

interface Due {
  readonly atMs: number;
  /** Timers of one instant run in the order in which they were set. */
  readonly order: number;
  callback: (() => void) | undefined;
}

/** Turns that are ordered from the event loop at a time. Promises settle between any two of them. */
const TURNS = 64;

/**
 * The only time there is. Every promise that can settle has settled before time moves on; nothing in a history may wait
 * for the real event loop. Like the test kit's `SimClock`, for millions of timers: a heap, and turns by the dozen.
 */
export class VirtualClock implements Clock {
  private readonly heap: Due[] = [];
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
    const due: Due = { atMs: this.nowMs + Math.max(0, delayMs), order: this.orders++, callback };
    this.push(due);
    return { cancel: () => void (due.callback = undefined) };
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
    for (let next = this.heap[0]; next && next.atMs <= endMs; next = this.heap[0]) {
      this.pop();
      if (!next.callback) continue;
      this.nowMs = next.atMs;
      next.callback();
      return true;
    }
    return false;
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
