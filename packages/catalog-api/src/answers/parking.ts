import type { Clock, Startable, Timer } from '@tribune/platform';
import type { Answer, Waiter } from './answer';
import { AnswerCache, type CacheLimits, type Question } from './answer-cache';
import type { View } from '@tribune/state-store';

/**
 * Longest stretch of answering before the event loop gets its turn; longer when that turn took longer, since those who
 * have been answered come back at once and would otherwise get their next question in before the others their answer.
 * Requests answered between two looks at the clock.
 */
const STRETCH_MS = 10;
const RELEASED_PER_LOOK = 16;

/** Answers that nobody asked for in one to two of these are let go. Milliseconds. */
const UNUSED_MS = 30_000;

/**
 * Blocking queries. All requests that wait for the same thing hang on one answer; when its rows change, the successor is
 * evaluated and encoded once and goes to all of them, as many per turn of the event loop as fit in {@link STRETCH_MS}.
 */
export class Parking implements Startable {
  readonly answers: AnswerCache;
  private readonly superseded: { readonly question: Question; readonly waiters: readonly Waiter[] }[] = [];
  private readonly waiting = new Set<Waiter>();
  private isScheduled = false;
  private sweep: Timer | undefined;

  constructor(
    view: View,
    limits: CacheLimits,
    private readonly clock: Clock,
    private readonly onFailure: (error: unknown) => void,
  ) {
    this.answers = new AnswerCache(view, limits, (question, answer) => this.supersede(question, answer));
  }

  async start(): Promise<void> {
    this.sweep ??= this.scheduleSweep();
  }

  async stop(): Promise<void> {
    this.sweep?.cancel();
    this.sweep = undefined;
    this.answers.clear();
  }

  private scheduleSweep(): Timer {
    return this.clock.setTimer(UNUSED_MS, () => {
      this.answers.dropUnused();
      this.sweep = this.scheduleSweep();
    });
  }

  /** Requests that wait now. */
  get parked(): number {
    return this.waiting.size;
  }

  /** Everyone gets what is known now; whoever asks with the same index then waits elsewhere. */
  releaseAll(): void {
    for (const waiter of this.waiting) waiter.release(waiter.latest);
  }

  /** `send` gets, once, the first answer above `aboveIndex`, or the latest one when the time is up or the client left. */
  park(
    question: Question,
    answer: Answer,
    aboveIndex: number,
    timeoutMs: number,
    signal: { onClose(listener: () => void): void },
    send: (answer: Answer) => void,
  ): void {
    const waiter: Waiter = {
      aboveIndex,
      latest: answer,
      isReleased: false,
      release: (final) => {
        if (waiter.isReleased) return;
        waiter.isReleased = true;
        waiter.latest.waiters.delete(waiter);
        timer.cancel();
        this.waiting.delete(waiter);
        send(final);
      },
    };
    this.waiting.add(waiter);
    const timer = this.clock.setTimer(timeoutMs, () => waiter.release(waiter.latest));
    signal.onClose(() => waiter.release(waiter.latest));
    if (!waiter.isReleased) this.place(question, waiter, answer);
  }

  private place(question: Question, waiter: Waiter, answer: Answer): void {
    waiter.latest = answer;
    if (answer.isCurrent) answer.waiters.add(waiter);
    else this.enqueue(question, [waiter]);
  }

  private supersede(question: Question, answer: Answer): void {
    const waiters = [...answer.waiters];
    answer.waiters.clear();
    this.enqueue(question, waiters);
  }

  /** Not at once: the caller is the state machine, in the middle of applying a batch. */
  private enqueue(question: Question, waiters: readonly Waiter[]): void {
    this.superseded.push({ question, waiters });
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(() => void this.drain());
  }

  private async drain(): Promise<void> {
    for (let next = this.superseded.shift(); next; next = this.superseded.shift()) {
      try {
        await this.renew(next.question, next.waiters);
      } catch (error) {
        this.onFailure(error);
        for (const waiter of next.waiters) waiter.release(waiter.latest);
      }
    }
    this.isScheduled = false;
  }

  private async renew(question: Question, waiters: readonly Waiter[]): Promise<void> {
    const made = this.answers.obtain(question, true);
    const answer = made instanceof Promise ? await made : made;
    let released = 0;
    let untilMs = this.clock.monotonicMs() + STRETCH_MS;
    for (const waiter of waiters) {
      if (waiter.isReleased) continue;
      if (answer.index <= waiter.aboveIndex) {
        this.place(question, waiter, answer);
        continue;
      }
      waiter.release(answer);
      if (++released % RELEASED_PER_LOOK !== 0) continue;
      // What ends an answer is done in the ticks behind it, which belong to its time.
      await ticksDone();
      const nowMs = this.clock.monotonicMs();
      if (nowMs < untilMs) continue;
      await new Promise((resolve) => setImmediate(resolve));
      const turnMs = this.clock.monotonicMs() - nowMs;
      untilMs = nowMs + turnMs + Math.max(STRETCH_MS, turnMs);
    }
  }
}

function ticksDone(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}
