interface Entry {
  readonly atMs: number;
  readonly order: number;
  readonly key: string;
  readonly run: (nowMs: number) => void;
}

/**
 * Deadlines of a pure core, ordered by time and then by age, so that one history always replays the same way.
 * Cancelling is lazy: a replaced entry stays in the heap until it surfaces.
 */
export class TimerQueue {
  private readonly heap: Entry[] = [];
  private readonly live = new Map<string, Entry>();
  private order = 0;

  /** Replaces whatever was scheduled under `key`. */
  schedule(key: string, atMs: number, run: (nowMs: number) => void): void {
    const entry = { atMs, order: this.order++, key, run };
    this.live.set(key, entry);
    this.push(entry);
  }

  cancel(key: string): void {
    this.live.delete(key);
  }

  clear(): void {
    this.live.clear();
    this.heap.length = 0;
  }

  /** Infinity when nothing is scheduled. */
  nextAtMs(): number {
    this.dropCancelled();
    return this.heap[0]?.atMs ?? Infinity;
  }

  /** Runs everything that is due, including what those runs schedule up to `nowMs`. */
  runDue(nowMs: number): void {
    while (this.nextAtMs() <= nowMs) {
      const entry = this.pop();
      this.live.delete(entry.key);
      entry.run(nowMs);
    }
  }

  private dropCancelled(): void {
    while (this.heap.length > 0 && this.live.get(this.heap[0]!.key) !== this.heap[0]) this.pop();
  }

  private push(entry: Entry): void {
    const heap = this.heap;
    let child = heap.push(entry) - 1;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (!before(heap[child]!, heap[parent]!)) return;
      swap(heap, child, parent);
      child = parent;
    }
  }

  private pop(): Entry {
    const heap = this.heap;
    const top = heap[0]!;
    const last = heap.pop()!;
    if (heap.length === 0) return top;
    heap[0] = last;
    for (let parent = 0; ;) {
      const left = parent * 2 + 1;
      const right = left + 1;
      let least = parent;
      if (left < heap.length && before(heap[left]!, heap[least]!)) least = left;
      if (right < heap.length && before(heap[right]!, heap[least]!)) least = right;
      if (least === parent) return top;
      swap(heap, parent, least);
      parent = least;
    }
  }
}

const before = (a: Entry, b: Entry): boolean => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);

function swap(heap: Entry[], i: number, j: number): void {
  const held = heap[i]!;
  heap[i] = heap[j]!;
  heap[j] = held;
}
