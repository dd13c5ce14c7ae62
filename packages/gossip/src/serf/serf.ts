import type { Random } from '@tribune/platform';
import type { Member } from '@tribune/protocol';
import { BroadcastQueue } from '../core/broadcast-queue';
import type { Alive, Endpoint, User } from '../core/messages';
import type { Fact } from '../core/ready';
import type { SwimDelegate } from '../core/swim-context';
import { TimerQueue } from '../core/timer-queue';
import { CoordinateBook } from './coordinates/coordinate-book';
import { EventCoalescer } from './event-coalescer';
import { EventDesk, type FireOutcome } from './event-desk';
import type { KeyStore } from './key-operations';
import { LamportClock } from './lamport-clock';
import { MemberBook, type MemberChange } from './member-book';
import { QueryDesk } from './query-desk';
import { decodeSerf, decodeSerfState, encodeSerf, encodeSerfState } from './serf-codec';
import type { SerfConfig } from './serf-config';
import type { EventMessage, LeaveIntent, QueryMessage, SerfMessage } from './serf-messages';

/** What the shell must do or tell. */
export type SerfOutput =
  | { readonly kind: 'member'; readonly change: MemberChange }
  | { readonly kind: 'userEvent'; readonly event: EventMessage }
  | { readonly kind: 'query'; readonly query: QueryMessage }
  | { readonly kind: 'send'; readonly to: Endpoint; readonly body: Uint8Array }
  | { readonly kind: 'reconnect'; readonly to: Endpoint; readonly node: string }
  | { readonly kind: 'nameLost' };

/** Lamport times of membership, user events and queries. */
export interface SerfClocks {
  readonly clock: number;
  readonly eventClock: number;
  readonly queryClock: number;
}

export interface SerfCollaborators {
  readonly random: Random;
  readonly admit: (alive: Alive) => string | undefined;
  /** Matches a query's tag expression, within bounded time. */
  readonly matches: (expression: string, text: string) => boolean;
  readonly keys: KeyStore | undefined;
}

/**
 * The serf layer over {@link Swim}: names why members are gone, carries user events and queries, keeps network
 * coordinates. As pure as the core below: facts, bytes and time come in, outputs go out.
 */
export class Serf implements SwimDelegate {
  readonly clock = new LamportClock();
  readonly events: EventDesk;
  readonly book: MemberBook;
  readonly queries: QueryDesk;
  private readonly timers = new TimerQueue();
  private readonly intents: BroadcastQueue<User>;
  private readonly eventQueue: BroadcastQueue<User>;
  private readonly queryQueue: BroadcastQueue<User>;
  readonly coordinates: CoordinateBook;
  private outputs: SerfOutput[] = [];
  private isLeaving = false;

  constructor(
    private readonly config: SerfConfig,
    private readonly collaborators: SerfCollaborators,
  ) {
    this.book = new MemberBook(this.clock, (change) => this.memberChanged(change));
    this.intents = new BroadcastQueue(config.queueMax);
    this.eventQueue = new BroadcastQueue(config.queueMax);
    const coalescer = new EventCoalescer(config, this.timers, (event) =>
      this.outputs.push({ kind: 'userEvent', event }),
    );
    this.events = new EventDesk(config, (event, nowMs) => coalescer.take(event, nowMs));
    this.queryQueue = new BroadcastQueue(config.queueMax);
    this.coordinates = new CoordinateBook(config.name, collaborators.random);
    this.queries = new QueryDesk(config, {
      ...collaborators,
      book: this.book,
      timers: this.timers,
      asked: (query) => this.outputs.push({ kind: 'query', query: { ...query, payload: Buffer.from(query.payload) } }),
      send: (to, body) => this.outputs.push({ kind: 'send', to, body }),
      broadcast: (body) => enqueue(this.queryQueue, body),
    });
  }

  start(nowMs: number): void {
    this.every('reap', this.config.reapIntervalMs, nowMs, (atMs) => this.reap(atMs));
    this.every('reconnect', this.config.reconnectIntervalMs, nowMs, () => this.reconnect());
  }

  /** Clocks of an earlier run: what was seen then is not shown again. */
  restore({ clock, eventClock, queryClock }: SerfClocks): void {
    this.clock.witness(clock);
    this.events.clock.witness(eventClock);
    this.queries.clock.witness(queryClock);
    if (eventClock > 0) this.events.ignoreBefore(eventClock + 1);
    if (queryClock > 0) this.queries.ignoreBefore(queryClock + 1);
  }

  clocks(): SerfClocks {
    return { clock: this.clock.time, eventClock: this.events.clock.time, queryClock: this.queries.clock.time };
  }

  nextTickAtMs(): number {
    return this.timers.nextAtMs();
  }

  tick(nowMs: number): void {
    this.timers.runDue(nowMs);
  }

  takeOutputs(): readonly SerfOutput[] {
    const { outputs } = this;
    this.outputs = [];
    return outputs;
  }

  // --- what the core asks -------------------------------------------------------------------------------------

  ackPayload(): Uint8Array {
    return this.coordinates.ackPayload();
  }

  takeBroadcasts(overhead: number, bytesMax: number, sendsMax: number): readonly User[] {
    let left = bytesMax;
    const taken: User[] = [];
    for (const queue of [this.intents, this.queryQueue, this.eventQueue]) {
      const batch = queue.take(overhead, left, sendsMax);
      left -= batch.reduce((sum, { body }) => sum + overhead + body.length, 0);
      taken.push(...batch);
    }
    return taken;
  }

  hasBroadcasts(): boolean {
    return this.intents.length + this.queryQueue.length + this.eventQueue.length > 0;
  }

  admit(alive: Alive): string | undefined {
    return this.collaborators.admit(alive);
  }

  // --- what the core tells ------------------------------------------------------------------------------------

  observe(fact: Fact, nowMs: number): void {
    switch (fact.kind) {
      case 'joined':
        return this.book.joined(fact.member);
      case 'updated':
        return this.book.updated(fact.member);
      case 'departed':
        return this.book.departed(fact.member, nowMs);
      case 'probed':
        return this.coordinates.probed(fact.node, fact.rttMs, fact.payload);
      case 'user':
        return this.receive(Buffer.from(fact.body.buffer, fact.body.byteOffset, fact.body.length), nowMs);
      case 'conflict':
        if (fact.member.name === this.config.name) this.resolveConflict(fact.member, nowMs);
        return;
      default:
        return;
    }
  }

  /** Throws WireError for bytes that are no serf message. */
  receive(body: Buffer, nowMs: number): void {
    const message = decodeSerf(body);
    const isNews = this.handle(message, nowMs);
    if (!isNews) return;
    // A copy: `body` is a view of the packet.
    const copy = Buffer.from(body);
    if (message.kind === 'userEvent') enqueue(this.eventQueue, copy);
    else if (message.kind === 'query') enqueue(this.queryQueue, copy);
    else enqueue(this.intents, copy);
  }

  /** True when the message should be passed on. */
  private handle(message: SerfMessage, nowMs: number): boolean {
    switch (message.kind) {
      case 'join':
        return this.book.joinIntent(message, nowMs);
      case 'leave':
        return this.hearLeave(message, nowMs);
      case 'userEvent':
        return this.events.hear(message, nowMs);
      case 'query':
        return this.queries.hear(message);
      case 'queryResponse':
        this.queries.answered(message);
        return false;
      case 'relay':
        this.outputs.push({ kind: 'send', to: message.to, body: message.body });
        return false;
    }
  }

  // --- membership -------------------------------------------------------------------------------------------------

  /** Gives our membership a Lamport time; after each join, and to overrule an older leave. */
  announceJoin(nowMs: number): void {
    const message = { kind: 'join', ltime: this.clock.time, node: this.config.name } as const;
    this.book.joinIntent(message, nowMs);
    enqueue(this.intents, encodeSerf(message));
  }

  /** From now on a leave intent about us is not overruled. `spread` when it was sent often enough. */
  leave(nowMs: number, spread: () => void): void {
    this.isLeaving = true;
    this.announceLeave(this.config.name, false, nowMs, spread);
  }

  /** Turns a failed member into one that left; `prune` erases it everywhere. */
  forceLeave(node: string, prune: boolean, nowMs: number, spread: () => void): void {
    this.announceLeave(node, prune, nowMs, spread);
  }

  private announceLeave(node: string, prune: boolean, nowMs: number, spread: () => void): void {
    const message: LeaveIntent = { kind: 'leave', ltime: this.clock.time, node, prune };
    this.clock.increment();
    this.hearLeave(message, nowMs);
    enqueue(this.intents, encodeSerf(message), spread);
  }

  private hearLeave(message: LeaveIntent, nowMs: number): boolean {
    const isAboutUs = message.node === this.config.name;
    if (isAboutUs && !this.isLeaving && message.ltime > this.book.statusLtime(message.node)) {
      this.clock.witness(message.ltime);
      this.announceJoin(nowMs);
      return false;
    }
    const isNews = this.book.leaveIntent(message, nowMs);
    if (isNews && message.prune) this.prune(message.node, nowMs);
    return isNews;
  }

  // A member that is still leaving gets the time it needs to say good-bye.
  private prune(node: string, nowMs: number): void {
    const { broadcastTimeoutMs, leavePropagateDelayMs } = this.config;
    if (this.book.get(node)?.status !== 'leaving') return this.book.erase(node);
    const atMs = nowMs + broadcastTimeoutMs + leavePropagateDelayMs;
    this.timers.schedule(`prune:${node}`, atMs, () => this.book.erase(node));
  }

  private memberChanged(change: MemberChange): void {
    this.outputs.push({ kind: 'member', change });
    if (change.kind === 'reap') this.coordinates.forget(change.member.name);
  }

  private reap(nowMs: number): void {
    this.book.reap(nowMs, {
      failedMs: this.config.reconnectTimeoutMs,
      leftMs: this.config.tombstoneTimeoutMs,
      intentMs: this.config.recentIntentTimeoutMs,
    });
  }

  // The pool as a whole tries each failed member about once per interval, however large the pool is.
  private reconnect(): void {
    const failed = this.book.names('failed');
    if (failed.length === 0) return;
    const others = Math.max(1, this.book.size - failed.length - this.book.names('left').length);
    const { random } = this.collaborators;
    if (random.next() > failed.length / others) return;
    const member = this.book.get(failed[random.integer(failed.length)]!)!;
    this.outputs.push({ kind: 'reconnect', to: { host: member.address, port: member.port }, node: member.name });
  }

  private resolveConflict(self: Endpoint, nowMs: number): void {
    this.queries.resolveConflict(self, nowMs, () => this.outputs.push({ kind: 'nameLost' }));
  }

  // --- user events and queries ------------------------------------------------------------------------------------

  fireEvent(name: string, payload: Uint8Array, coalesce: boolean, nowMs: number): FireOutcome {
    const outcome = this.events.fire(name, payload, coalesce, nowMs);
    if ('body' in outcome) enqueue(this.eventQueue, outcome.body);
    return outcome;
  }

  // --- state exchange ---------------------------------------------------------------------------------------------

  state(): Buffer {
    return encodeSerfState({
      ltime: this.clock.time,
      statusLtimes: this.book.statusLtimes(),
      leftMembers: this.book.names('left'),
      eventLtime: this.events.clock.time,
      events: this.events.recent(),
      queryLtime: this.queries.clock.time,
    });
  }

  /** `ignoreOldEvents`: events that the other side already had are not shown (a join, not anti-entropy). */
  mergeState(bytes: Buffer, ignoreOldEvents: boolean, nowMs: number): void {
    const state = decodeSerfState(bytes);
    // One less: nothing has been said with that time yet.
    this.clock.witness(state.ltime - 1);
    this.events.clock.witness(state.eventLtime - 1);
    this.queries.clock.witness(state.queryLtime - 1);
    // The leave must be newer than the join that the other side remembers, or it would not count.
    for (const node of state.leftMembers) {
      const ltime = (state.statusLtimes.get(node) ?? 0) + 1;
      this.hearLeave({ kind: 'leave', ltime, node, prune: false }, nowMs);
    }
    const left = new Set(state.leftMembers);
    for (const [node, ltime] of state.statusLtimes) {
      if (!left.has(node)) this.book.joinIntent({ kind: 'join', ltime, node }, nowMs);
    }
    if (ignoreOldEvents) this.events.ignoreBefore(state.eventLtime);
    for (const { ltime, events } of state.events) {
      for (const event of events) this.events.hear({ kind: 'userEvent', ltime, ...event, coalesce: false }, nowMs);
    }
  }

  // --- figures ----------------------------------------------------------------------------------------------------

  stats(): Readonly<Record<string, string>> {
    return {
      members: String(this.book.size),
      failed: String(this.book.names('failed').length),
      left: String(this.book.names('left').length),
      member_time: String(this.clock.time),
      event_time: String(this.events.clock.time),
      query_time: String(this.queries.clock.time),
      intent_queue: String(this.intents.length),
      event_queue: String(this.eventQueue.length),
      query_queue: String(this.queryQueue.length),
      coordinate_resets: String(this.coordinates.resets),
    };
  }

  hasOthersAlive(): boolean {
    return this.book.all().some((member: Member) => member.name !== this.config.name && member.status === 'alive');
  }

  private every(key: string, intervalMs: number, nowMs: number, run: (nowMs: number) => void): void {
    this.timers.schedule(key, nowMs + intervalMs, (atMs) => {
      this.every(key, intervalMs, atMs, run);
      run(atMs);
    });
  }
}

function enqueue(queue: BroadcastQueue<User>, body: Uint8Array, finished?: () => void): void {
  queue.add({ message: { kind: 'user', body }, size: body.length, finished });
}
