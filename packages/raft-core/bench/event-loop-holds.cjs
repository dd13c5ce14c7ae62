'use strict';
/**
 * How long the event loop of this thread was held, and by whom. A timer of 1 ms looks at the wall clock and at what Linux
 * says of this thread: the time for which it could run but the machine ran others. A gap less that time is what the
 * program itself did (garbage collection and waiting for the disk or locks included).
 */
const { readFileSync } = require('node:fs');

/** Milliseconds that this thread waited for a processor, since it began. */
function queuedMs() {
  try {
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'latin1').split(' ')[1]) / 1e6;
  } catch {
    return 0; // Not Linux: everything counts as ours.
  }
}

class EventLoopHolds {
  start() {
    this.gaps = [];
    this.startedMs = this.lastMs = performance.now();
    this.lastQueuedMs = queuedMs();
    this.timer = setInterval(() => this.look(), 1);
  }

  /** Percentiles in milliseconds: `own` without, `wall` with the time that the machine gave to others. */
  stop() {
    clearInterval(this.timer);
    const percentiles = (values) => {
      const sorted = values.sort((a, b) => a - b);
      const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
      return { p50: at(0.5), p99: at(0.99), p999: at(0.999), max: sorted.at(-1) ?? 0 };
    };
    return {
      own: percentiles(this.gaps.map(({ own }) => own)),
      wall: percentiles(this.gaps.map(({ wall }) => wall)),
      longest: [...this.gaps].sort((a, b) => b.own - a.own).slice(0, 5),
    };
  }

  look() {
    const nowMs = performance.now();
    const queued = queuedMs();
    const wall = nowMs - this.lastMs;
    this.gaps.push({
      atMs: Math.round(this.lastMs - this.startedMs),
      wall,
      own: Math.max(0, wall - (queued - this.lastQueuedMs)),
    });
    this.lastMs = nowMs;
    this.lastQueuedMs = queued;
  }
}

const text = ({ p50, p99, p999, max }) => [p50, p99, p999, max].map((ms) => ms.toFixed(1)).join(' / ');

module.exports = { EventLoopHolds, text };
