import type { Clock, Timer } from '@tribune/platform';
import type { ProposeResult } from '../api/state';
import { ProposeStream, type Proposal } from './propose-stream';
import type { ServerChoice } from './server-choice';

export interface ProposeLaneOptions {
  /** How long a command that was certainly not sent may wait for a server. 0: until the first failed attempt. */
  readonly holdMs: number;
  /** Commands waiting or in flight; over it they are refused. */
  readonly proposalsMax: number;
  readonly bytesMax: number;
}

/** One gRPC message carries at most this (a single command may exceed it). */
const MESSAGE_BYTES_MAX = 1 << 20;
/** In flight this long without an answer: the server is as good as gone. */
const ANSWER_TIMEOUT_MS = 30_000;
/** A stream that was left for another server has this long to answer what it took. */
const RETIRE_GRACE_MS = 2_000;
const RETRY_MS = 50;

/** The queue in front of the Propose streams: everything that arrives in one turn of the event loop is one message. */
export class ProposeLane {
  private queue: Proposal[] = [];
  private readonly outstanding = new Set<Proposal>();
  private bytes = 0;
  private stream: ProposeStream | undefined;
  private blocked = false;
  private scheduled = false;
  private retry: Timer | undefined;
  private watch: Timer | undefined;
  private closed = false;

  constructor(
    private readonly choice: ServerChoice,
    private readonly options: ProposeLaneOptions,
    private readonly clock: Clock,
  ) {}

  propose(command: Uint8Array): Promise<ProposeResult> {
    if (this.closed) return Promise.resolve({ kind: 'refused', reason: 'closed', retryable: false });
    const { proposalsMax, bytesMax } = this.options;
    if (this.outstanding.size >= proposalsMax || this.bytes + command.length > bytesMax) {
      return Promise.resolve({ kind: 'refused', reason: 'too many writes wait for the leader', retryable: true });
    }
    return new Promise((resolve) => {
      const proposal: Proposal = { command, resolve, sinceMs: this.clock.monotonicMs() };
      this.outstanding.add(proposal);
      this.bytes += command.length;
      this.queue.push(proposal);
      this.schedule();
    });
  }

  /** Commands waiting or in flight. */
  get depth(): number {
    return this.outstanding.size;
  }

  /** Takes no more; what is in flight has a moment to be answered. */
  close(): void {
    this.closed = true;
    this.retry?.cancel();
    this.watch?.cancel();
    this.expire(Infinity);
    this.stream?.retire(RETIRE_GRACE_MS);
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.flush();
    });
  }

  private flush(): void {
    if (this.queue.length === 0 || this.closed) return;
    const server = this.choice.get();
    if (this.stream && this.stream.server !== server) this.leaveStream();
    if (!server) return this.failAttempt();
    if (!this.stream) this.stream = this.openStream(server);
    if (this.stream.isOpen && !this.blocked) this.sendQueue(this.stream);
  }

  private sendQueue(stream: ProposeStream): void {
    while (this.queue.length > 0 && !this.blocked) {
      this.blocked = !stream.send(this.queue.splice(0, firstMessage(this.queue)));
    }
    this.watch ??= this.clock.setTimer(ANSWER_TIMEOUT_MS, () => this.checkAnswers());
  }

  private openStream(server: NonNullable<ReturnType<ServerChoice['get']>>): ProposeStream {
    this.blocked = false;
    this.choice.hold(server);
    const stream: ProposeStream = new ProposeStream(server, this.clock, {
      opened: () => {
        this.choice.succeeded(server);
        this.flush();
      },
      leaving: () => this.onLeaving(stream),
      drained: () => {
        if (this.stream !== stream) return;
        this.blocked = false;
        this.flush();
      },
      closed: (wasOpen) => {
        this.onClosed(stream, wasOpen);
        this.choice.release(server);
      },
      settled: (proposal) => this.forget(proposal),
    });
    return stream;
  }

  private onClosed(stream: ProposeStream, wasOpen: boolean): void {
    if (this.stream !== stream) return;
    this.stream = undefined;
    this.choice.failed(stream.server);
    if (wasOpen) this.schedule();
    else this.failAttempt();
  }

  private onLeaving(stream: ProposeStream): void {
    if (this.stream !== stream) return;
    this.leaveStream();
    this.choice.failed(stream.server);
    this.schedule();
  }

  private leaveStream(): void {
    const { stream } = this;
    this.stream = undefined;
    stream?.retire(RETIRE_GRACE_MS);
  }

  // Nothing in the queue was sent, so all of it may go to another server.
  private failAttempt(): void {
    this.expire(this.clock.monotonicMs() - this.options.holdMs);
    if (this.queue.length === 0 || this.closed) return;
    this.retry?.cancel();
    this.retry = this.clock.setTimer(RETRY_MS, () => this.flush());
  }

  private expire(untilMs: number): void {
    const expired = this.queue.filter(({ sinceMs }) => sinceMs <= untilMs);
    if (expired.length === 0) return;
    this.queue = this.queue.filter(({ sinceMs }) => sinceMs > untilMs);
    for (const proposal of expired) {
      this.forget(proposal);
      proposal.resolve({ kind: 'noLeader' });
    }
  }

  // `outstanding` is in order of arrival: its first member is the oldest.
  private checkAnswers(): void {
    this.watch = undefined;
    const [oldest] = this.outstanding;
    if (!oldest || this.closed) return;
    const waited = this.clock.monotonicMs() - oldest.sinceMs;
    if (waited >= ANSWER_TIMEOUT_MS) this.stream?.close('the server gave no answer in time');
    const nextMs = Math.max(RETRY_MS, ANSWER_TIMEOUT_MS - waited);
    this.watch = this.clock.setTimer(nextMs, () => this.checkAnswers());
  }

  private forget(proposal: Proposal): void {
    if (this.outstanding.delete(proposal)) this.bytes -= proposal.command.length;
  }
}

/** How many commands from the front fit into one message; at least one. */
function firstMessage(queue: readonly Proposal[]): number {
  let bytes = 0;
  for (let count = 0; count < queue.length; count++) {
    bytes += queue[count]!.command.length;
    if (count > 0 && bytes > MESSAGE_BYTES_MAX) return count;
  }
  return queue.length;
}
