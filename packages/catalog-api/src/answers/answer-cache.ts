import type { ReadTables, View } from '@tribune/state-store';
import { Answer } from './answer';
import { encodeContent, type Encoded, type Evaluated } from './content';

/** Two requests with the same key get the same answer. */
export interface Question {
  readonly key: string;
  readonly pretty: boolean;
  readonly evaluate: (tables: ReadTables) => Evaluated;
}

/** A finished reply to one request target, short of what every reply carries. */
export interface ReadyReply {
  readonly answer: Answer;
  /** Pattern of the route, for metrics. */
  readonly route: string;
  readonly headers: readonly string[];
}

interface Kept {
  readonly answer: Answer;
  unpark: () => void;
}

export interface CacheLimits {
  readonly answersMax: number;
  readonly answerBytesMax: number;
}

/** Keys asked once are remembered up to this many; a second question while remembered makes an answer worth keeping. */
const ASKED_ONCE_MAX = 16_384;

/**
 * Encoded answers, kept beside the rows that made them: each is parked on the rows its query read and leaves when one of
 * them changes. Bounded in entries and bytes; answers that nobody used since the last sweep go first.
 */
export class AnswerCache {
  private readonly kept = new Map<string, Kept>();
  private readonly keptAnswers = new Set<Answer>();
  private readonly encoding = new Map<string, Promise<Answer>>();
  private readonly byUrl = new Map<string, ReadyReply>();
  private askedOnce = new Set<string>();
  private bytes = 0;

  constructor(
    private readonly view: View,
    private readonly limits: CacheLimits,
    /** Told of an answer that is no longer current while requests wait for its successor. */
    private readonly onSuperseded: (question: Question, answer: Answer) => void,
  ) {}

  get bytesKept(): number {
    return this.bytes;
  }

  /** The current answer. `keep` holds on to it even when it is asked for the first time. */
  obtain(question: Question, keep: boolean): Answer | Promise<Answer> {
    const known = this.kept.get(question.key);
    if (known) {
      known.answer.used = true;
      return known.answer;
    }
    return this.encoding.get(question.key) ?? this.make(question, keep || this.wasAsked(question.key));
  }

  /** The reply that this request target leads to, if it is still current. */
  atUrl(url: string): ReadyReply | undefined {
    const ready = this.byUrl.get(url);
    if (ready) ready.answer.used = true;
    return ready;
  }

  /** From now on `url` leads straight to this reply, for as long as its answer is current and kept. */
  alias(url: string, ready: ReadyReply): void {
    const { answer } = ready;
    if (!this.keptAnswers.has(answer) || answer.urls.length >= URLS_PER_ANSWER_MAX || this.byUrl.has(url)) return;
    answer.urls.push(url);
    this.byUrl.set(url, ready);
  }

  get size(): number {
    return this.kept.size;
  }

  /** Lets go of answers that nobody asked for since the last call: they hold memory, and a partial view's topics. */
  dropUnused(): void {
    for (const [key, kept] of this.kept) {
      if (!kept.answer.used && kept.answer.waiters.size === 0) this.drop(key, kept);
      else kept.answer.used = false;
    }
  }

  /** Lets go of everything. */
  clear(): void {
    for (const [key, kept] of this.kept) this.drop(key, kept);
  }

  private drop(key: string, kept: Kept): void {
    kept.unpark();
    kept.answer.isCurrent = false;
    this.forget(key, kept.answer);
  }

  private make(question: Question, keep: boolean): Answer | Promise<Answer> {
    const evaluated = question.evaluate(this.view.tables);
    const encoded = encodeContent(evaluated.content, question.pretty);
    if (encoded instanceof Promise) return this.makeSlowly(question, evaluated, encoded);
    const answer = answerOf(evaluated, encoded);
    if (keep) this.keep(question, answer, evaluated.watch);
    return answer;
  }

  /** A large list: whoever asks while it is being encoded shares it, unless its rows change meanwhile. */
  private makeSlowly(question: Question, evaluated: Evaluated, encoded: Promise<Encoded>): Promise<Answer> {
    let changed = false;
    const unpark = this.view.park(evaluated.watch, () => {
      changed = true;
      this.encoding.delete(question.key);
    });
    const made = encoded.then((done) => {
      const answer = answerOf(evaluated, done);
      answer.isCurrent = !changed;
      if (changed) return answer;
      unpark();
      this.encoding.delete(question.key);
      this.keep(question, answer, evaluated.watch);
      return answer;
    });
    made.catch(() => this.encoding.delete(question.key));
    this.encoding.set(question.key, made);
    return made;
  }

  private keep(question: Question, answer: Answer, watch: readonly string[]): void {
    const kept: Kept = { answer, unpark: () => undefined };
    kept.unpark = this.view.park(watch, () => this.supersede(question, answer));
    this.kept.set(question.key, kept);
    this.keptAnswers.add(answer);
    this.bytes += answer.byteLength;
    this.sweep();
  }

  private supersede(question: Question, answer: Answer): void {
    answer.isCurrent = false;
    this.forget(question.key, answer);
    if (answer.waiters.size > 0) this.onSuperseded(question, answer);
  }

  private forget(key: string, answer: Answer): void {
    this.kept.delete(key);
    this.keptAnswers.delete(answer);
    this.bytes -= answer.byteLength;
    for (const url of answer.urls) this.byUrl.delete(url);
  }

  private sweep(): void {
    const over = (): boolean => this.kept.size > this.limits.answersMax || this.bytes > this.limits.answerBytesMax;
    for (let tries = 2 * this.kept.size; tries > 0 && over(); tries--) {
      const [key, kept] = this.kept.entries().next().value!;
      if (kept.answer.used || kept.answer.waiters.size > 0) {
        kept.answer.used = false;
        this.kept.delete(key);
        this.kept.set(key, kept);
        continue;
      }
      this.drop(key, kept);
    }
  }

  private wasAsked(key: string): boolean {
    if (this.askedOnce.delete(key)) return true;
    if (this.askedOnce.size >= ASKED_ONCE_MAX) this.askedOnce = new Set();
    this.askedOnce.add(key);
    return false;
  }
}

/** Spellings of one question that are remembered. */
const URLS_PER_ANSWER_MAX = 8;

function answerOf(evaluated: Evaluated, encoded: Encoded): Answer {
  return new Answer(evaluated.index, encoded.status, encoded.headers, encoded.body);
}
