import { assert, type Timer } from '@tribune/platform';

class Event implements Timer {
  constructor(
    readonly atMs: number,
    /** Events of one instant run in the order in which they were set. */
    readonly order: number,
    public run: (() => void) | undefined,
  ) {}

  /** Lazy: it stays in its place until it is due, and then nothing runs. */
  cancel(): void {
    this.run = undefined;
  }
}

/**
 * Virtual time, and what is to happen in it: events run in order of time and then of setting, so that one seed replays
 * one history. Time stands still until somebody runs events, and never goes back.
 */
export class EventHeap {
  /** A binary heap, the next to run on top. */
  private readonly heap: Event[] = [];
  /** Set for the present instant, which most are in a simulation: they come behind all that was set for it before. */
  private readonly present: Event[] = [];
  private presentRun = 0;
  private currentMs = 0;
  private orders = 0;

  get nowMs(): number {
    return this.currentMs;
  }

  /** Events that are still to run: neither run nor cancelled. */
  get pending(): number {
    return [...this.heap, ...this.present.slice(this.presentRun)].filter(({ run }) => run !== undefined).length;
  }

  /** Sets an event; one for the past is for now. */
  at(atMs: number, run: () => void): Timer {
    assert(!Number.isNaN(atMs), 'an event has a time');
    const event = new Event(Math.max(atMs, this.currentMs), this.orders++, run);
    if (event.atMs === this.currentMs) this.present.push(event);
    else this.push(event);
    return event;
  }

  /** Runs the next event that is due by then. False: there is none, and it is `untilMs` now. */
  runNext(untilMs: number): boolean {
    for (let next = this.take(untilMs); next; next = this.take(untilMs)) {
      const { run } = next;
      if (!run) continue;
      this.currentMs = next.atMs;
      run();
      return true;
    }
    this.currentMs = Math.max(this.currentMs, untilMs);
    return false;
  }

  /** Runs everything that is due by then, also what is set on the way; it is `untilMs` afterwards. */
  runUntil(untilMs: number): void {
    while (this.runNext(untilMs));
  }

  private take(untilMs: number): Event | undefined {
    const next = this.heap[0];
    const isDueNow = next !== undefined && next.atMs <= this.currentMs;
    if (!isDueNow && this.presentRun < this.present.length)
      return this.currentMs <= untilMs ? this.takePresent() : undefined;
    if (!next || next.atMs > untilMs) return undefined;
    this.pop();
    return next;
  }

  private takePresent(): Event {
    const event = this.present[this.presentRun++]!;
    if (this.presentRun === this.present.length) {
      this.present.length = 0;
      this.presentRun = 0;
    }
    return event;
  }

  private push(event: Event): void {
    const { heap } = this;
    let place = heap.length;
    for (; place > 0;) {
      const parent = (place - 1) >>> 1;
      if (isBefore(heap[parent]!, event)) break;
      heap[place] = heap[parent]!;
      place = parent;
    }
    heap[place] = event;
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

const isBefore = (a: Event, b: Event): boolean => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
