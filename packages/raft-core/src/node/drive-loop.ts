/**
 * Consensus at work: one loop that feeds the core and does what the core asks, in this order.
 *
 *   inputs (proposals, messages, ticks, finished work)  ──▶  core  ──▶  Ready
 *     1. facts      are logged and told
 *     2. messages   leave: nothing in them rests on what is not durable yet
 *     3. persist    begins, as ONE batch; what rests on it leaves when it is durable, never before (R1)
 *     4. apply      committed entries run through the state machine, proposers get their answers
 *     5. advance    the core may hand out the next Ready
 *
 * Everything that arrives within one turn of the event loop goes into one Ready, hence one batch and one message per
 * follower. While a batch is on its way to the disk the loop goes on: a leader's own write runs beside its followers'
 * (R2), and what comes meanwhile forms the next batch (group commit).
 */
import { assert, messageOf, type Clock, type Logger } from '@tribune/platform';
import type { Entry, LogIndex, Message, ServerId, SnapshotMeta } from '../core/message';
import type { Raft } from '../core/raft';
import type { Fact, LogLoad, Persist, Ready } from '../core/ready';

/** A turn that has run this long leaves the event loop to others and goes on in the next one. */
const TURN_BUDGET_MS = 8;

/** Who does what the core asks. What takes time comes back as an input. */
export interface Workers {
  /** A new turn begins. */
  turnBegins(): void;
  tell(fact: Fact): void;
  send(message: Message): void;
  persist(batch: Persist, restore: SnapshotMeta | undefined): Promise<void>;
  apply(entries: readonly Entry[]): void;
  load(load: LogLoad): Promise<void>;
  sendSnapshot(to: ServerId): Promise<void>;
  compact(upTo: LogIndex): Promise<void>;
  /** More was applied: undefined when there is nothing to do about it. */
  applied(): Promise<void> | undefined;
  /** The latch closed: nothing more may leave this server. */
  failed(error: Error): void;
}

export interface DriveLoopCollaborators {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly nextTurn: (run: () => void) => void;
}

export class DriveLoop {
  /** Set by the poison latch. */
  failure: Error | undefined;
  /** Undefined before the start and after the stop. */
  raft: Raft | undefined;
  isRunning = false;
  /** When the first thing came that the next turn will do: the time for all that come before that turn. */
  dueSinceMs = 0;
  private workers!: Workers;
  private turnIsDue = false;
  /** What is under way on disk or network. */
  private readonly work = new Set<Promise<unknown>>();

  constructor(private readonly collaborators: DriveLoopCollaborators) {}

  get core(): Raft {
    assert(this.raft, 'the node was started');
    return this.raft;
  }

  begin(raft: Raft, workers: Workers): void {
    this.raft = raft;
    this.workers = workers;
    this.isRunning = true;
  }

  /** Gives the core something to think about; what follows from it is done in the next turn. */
  input(give: (raft: Raft) => void): void {
    if (!this.isRunning) return;
    this.core.timeIs(this.collaborators.clock.monotonicMs());
    give(this.core);
    this.wake();
  }

  wake(): void {
    if (this.turnIsDue || !this.isRunning) return;
    this.turnIsDue = true;
    this.dueSinceMs = this.collaborators.clock.monotonicMs();
    this.collaborators.nextTurn(() => this.turn());
  }

  /** At once: for work whose end somebody waits for. */
  turn(): void {
    this.turnIsDue = false;
    if (!this.isRunning) return;
    const { clock } = this.collaborators;
    const deadline = clock.monotonicMs() + TURN_BUDGET_MS;
    this.workers.turnBegins();
    try {
      for (let ready = this.core.ready(); ready && this.isRunning; ready = this.core.ready()) {
        this.perform(ready);
        if (clock.monotonicMs() >= deadline) return this.wake();
      }
    } catch (error) {
      this.fail(error);
    }
  }

  /** Background work. Whatever goes wrong in it closes the latch. */
  track(work: Promise<unknown>): void {
    const tracked = work.catch((error: unknown) => this.fail(error)).finally(() => this.work.delete(tracked));
    this.work.add(tracked);
  }

  /** Takes no more input. False when that was so already. */
  halt(): boolean {
    const wasRunning = this.isRunning;
    this.isRunning = false;
    return wasRunning;
  }

  /** Resolves when nothing is under way. */
  async end(): Promise<void> {
    await Promise.allSettled(this.work);
    this.raft = undefined;
  }

  /** The ordering contract; see the head of this file. */
  private perform(ready: Ready): void {
    const { workers } = this;
    for (const fact of ready.facts) workers.tell(fact);
    for (const message of ready.messages) workers.send(message);
    if (ready.persist) this.track(workers.persist(ready.persist, ready.restore));
    if (ready.apply.length > 0) workers.apply(ready.apply);
    for (const load of ready.loads) this.track(workers.load(load));
    for (const id of ready.sendSnapshots) this.track(workers.sendSnapshot(id));
    if (ready.compact !== undefined) this.track(workers.compact(ready.compact));
    this.core.advance(ready);
    if (ready.apply.length === 0) return;
    const more = workers.applied();
    if (more) this.track(more);
  }

  /**
   * The poison latch (R23, S4): storage that failed once cannot be trusted, and a state machine that threw is not what
   * the others have. Nothing more is acknowledged, persisted or sent; the owner ends the process, which starts anew
   * from what is on disk.
   */
  private fail(thrown: unknown): void {
    if (this.failure || !this.isRunning) return;
    this.failure = thrown instanceof Error ? thrown : new Error(messageOf(thrown));
    this.collaborators.logger.error('raft stops: it can no longer keep its promises', {
      error: this.failure,
      cause: messageOf(this.failure.cause),
    });
    this.workers.failed(this.failure);
  }
}
