'use strict';
/**
 * How long the event loop of this thread was held, and by whom. A timer of 1 ms looks at the wall clock and at what Linux
 * says of this thread: how long it ran, and for how long it could have run but the machine ran others. A gap less the
 * latter is what the program itself did: it ran, or it slept, waiting for the disk, for a lock, or for another thread of
 * its own, which may in turn wait for a processor (helpers of the garbage collector, a thread of the pool).
 */
const { readFileSync } = require('node:fs');

/** Milliseconds that this thread ran (a few behind, as Linux counts it), and that it waited for a processor, since it began. */
function scheduled() {
  try {
    const [ran, queued] = readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'latin1').split(' ');
    return { ran: Number(ran) / 1e6, queued: Number(queued) / 1e6 };
  } catch {
    return { ran: performance.now(), queued: 0 }; // Not Linux: everything counts as ours.
  }
}

/** A look takes some 50 µs. One that took longer was interrupted: its clock and its figures would not belong together. */
const LOOK_MS_MAX = 0.2;
const LOOKS_MAX = 50;

function look() {
  for (let i = 1; ; i++) {
    const beganMs = performance.now();
    const { ran, queued } = scheduled();
    const nowMs = performance.now();
    if (nowMs - beganMs < LOOK_MS_MAX || i === LOOKS_MAX) return { nowMs, ran, queued };
  }
}

class EventLoopHolds {
  start() {
    this.gaps = [];
    this.last = look();
    this.startedMs = this.last.nowMs;
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
    const { last } = this;
    const next = look();
    const wall = next.nowMs - last.nowMs;
    const own = Math.max(0, wall - (next.queued - last.queued));
    const slept = Math.max(0, own - (next.ran - last.ran));
    this.gaps.push({ atMs: Math.round(last.nowMs - this.startedMs), wall, own, slept });
    this.last = next;
  }
}

const text = ({ p50, p99, p999, max }) => [p50, p99, p999, max].map((ms) => ms.toFixed(1)).join(' / ');

module.exports = { EventLoopHolds, text };
