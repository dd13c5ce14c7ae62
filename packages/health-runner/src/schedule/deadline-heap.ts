/**
 * A binary min-heap of callbacks by due time, behind one timer: ten thousand checks cost one system timer. Cancelled
 * entries stay until their time comes, or until they are the majority and the heap is rebuilt without them.
 */
export interface Deadline {
  readonly dueMs: number;
  cancel(): void;
}

interface Entry extends Deadline {
  run: (() => void) | undefined;
}

export class DeadlineHeap {
  private heap: Entry[] = [];
  private cancelled = 0;

  get size(): number {
    return this.heap.length - this.cancelled;
  }

  add(dueMs: number, run: () => void): Deadline {
    const heap = this;
    const entry: Entry = {
      dueMs,
      run,
      cancel() {
        if (!entry.run) return;
        entry.run = undefined;
        heap.cancelled++;
        heap.compact();
      },
    };
    this.heap.push(entry);
    this.rise(this.heap.length - 1);
    return entry;
  }

  /** When the next live entry is due. */
  nextMs(): number | undefined {
    while (this.heap.length > 0 && !this.heap[0]!.run) {
      this.removeFirst();
      this.cancelled--;
    }
    return this.heap[0]?.dueMs;
  }

  /** Takes the callbacks that are due, earliest first. */
  takeDue(nowMs: number): (() => void)[] {
    const due: (() => void)[] = [];
    for (let next = this.nextMs(); next !== undefined && next <= nowMs; next = this.nextMs()) {
      const entry = this.heap[0]!;
      due.push(entry.run!);
      entry.run = undefined;
      this.removeFirst();
    }
    return due;
  }

  private compact(): void {
    if (this.cancelled * 2 <= this.heap.length) return;
    this.heap = this.heap.filter(({ run }) => run).sort((a, b) => a.dueMs - b.dueMs);
    this.cancelled = 0;
  }

  private removeFirst(): void {
    const last = this.heap.pop()!;
    if (this.heap.length === 0) return;
    this.heap[0] = last;
    this.sink(0);
  }

  private rise(index: number): void {
    for (let at = index; at > 0;) {
      const parent = (at - 1) >> 1;
      if (this.heap[parent]!.dueMs <= this.heap[at]!.dueMs) return;
      this.swap(at, parent);
      at = parent;
    }
  }

  private sink(index: number): void {
    for (let at = index; ;) {
      const left = 2 * at + 1;
      let least = at;
      for (const child of [left, left + 1]) {
        if (child < this.heap.length && this.heap[child]!.dueMs < this.heap[least]!.dueMs) least = child;
      }
      if (least === at) return;
      this.swap(at, least);
      at = least;
    }
  }

  private swap(a: number, b: number): void {
    [this.heap[a], this.heap[b]] = [this.heap[b]!, this.heap[a]!];
  }
}
