import { assert } from '@tribune/platform';
import { Awareness } from './awareness';
import { BroadcastQueue } from './broadcast-queue';
import { Disseminator } from './disseminator';
import { Hearing } from './hearing';
import { MemberTable, type MemberRecord } from './member-table';
import { MembershipRules } from './membership-rules';
import type { Endpoint, Message, PushedState } from './messages';
import { PingRelay } from './ping-relay';
import { Prober, type StreamPingOutcome } from './prober';
import { incompatibility, pushPullIntervalMs } from './push-pull';
import { Outbox, type Ready } from './ready';
import type { SwimConfig } from './swim-config';
import type { SwimCollaborators, SwimContext } from './swim-context';
import { TimerQueue } from './timer-queue';

/**
 * SWIM with Lifeguard as a machine without clocks, sockets or randomness of its own. The shell feeds time (`tick`),
 * messages (`step`) and exchanged state (`merge`), then does what `ready` says and confirms it with `advance`.
 *
 *   tick(now) ─┐                       ┌─> packets, stream pings, push/pulls to carry out
 *   step(...)  ├─> rules, prober, queue ┤
 *   merge(...) ┘                       └─> facts for the layer above
 */
export class Swim {
  readonly table: MemberTable;
  private readonly context: SwimContext;
  private readonly disseminator: Disseminator;
  private readonly rules: MembershipRules;
  private readonly prober: Prober;
  private readonly relay: PingRelay;
  private pending: Ready | undefined;

  constructor(
    readonly config: SwimConfig,
    collaborators: SwimCollaborators,
    table = new MemberTable(),
    timers = new TimerQueue(),
  ) {
    this.table = table;
    this.context = {
      ...collaborators,
      config,
      table,
      queue: new BroadcastQueue(config.broadcastQueueMax),
      outbox: new Outbox(),
      timers,
      awareness: new Awareness(config.awarenessMax),
      hearing: new Hearing(config, table),
    };
    this.disseminator = new Disseminator(this.context);
    this.rules = new MembershipRules(this.context, this.disseminator);
    this.prober = new Prober(this.context, this.disseminator, this.rules);
    this.relay = new PingRelay(this.context, this.disseminator, this.prober);
  }

  start(meta: Uint8Array, nowMs: number): void {
    if (!this.table.get(this.config.name)) this.rules.announceSelf(meta, nowMs);
    this.prober.start(nowMs);
    this.disseminator.start(nowMs);
    const stagger = this.context.random.next() * this.config.pushPullIntervalMs;
    if (this.config.pushPullIntervalMs > 0) this.schedulePushPull(nowMs + stagger);
  }

  /** When `tick` has something to do next; Infinity: never. */
  nextTickAtMs(): number {
    return this.context.timers.nextAtMs();
  }

  tick(nowMs: number): void {
    this.context.hearing.runs(this.nextTickAtMs(), nowMs);
    this.context.timers.runDue(nowMs);
  }

  step(message: Message, from: Endpoint, nowMs: number): void {
    this.heard(nowMs);
    switch (message.kind) {
      case 'ping':
        return this.answerPing(message.seqNo, message.node, message.source ?? from);
      case 'indirectPing':
        return this.relay.request(message, from, nowMs);
      case 'ack':
        if (!this.prober.acked(message.seqNo, message.payload, nowMs)) this.relay.acked(message.seqNo);
        return;
      case 'nack':
        return this.prober.nacked(message.seqNo);
      case 'alive':
        return this.rules.alive(message, nowMs);
      case 'suspect':
        return this.rules.suspect(message, nowMs);
      case 'dead':
        return this.rules.dead(message, nowMs);
      case 'user':
        return this.context.outbox.fact({ kind: 'user', body: message.body });
    }
  }

  streamPingDone(seqNo: number, outcome: StreamPingOutcome, nowMs: number): void {
    this.prober.streamPingDone(seqNo, outcome, nowMs);
  }

  /** Our side of a state exchange. */
  states(): PushedState[] {
    return this.table.all().map(({ name, host, port, meta, incarnation, state, versions }) => ({
      name,
      host,
      port,
      meta,
      incarnation,
      state,
      versions,
    }));
  }

  /** Why the exchanged state must not be merged, or undefined. Ask before the first `merge` of an exchange. */
  incompatibility(remote: readonly PushedState[]): string | undefined {
    return incompatibility(this.table.all(), remote);
  }

  merge(states: readonly PushedState[], nowMs: number): void {
    this.heard(nowMs);
    for (const state of states) this.rules.merge(state, nowMs);
  }

  /** Announces new meta data; `finished` when the announcement has been sent often enough. */
  updateMeta(meta: Uint8Array, nowMs: number, finished?: () => void): void {
    this.rules.announceSelf(meta, nowMs, finished);
  }

  leave(nowMs: number): void {
    this.rules.leave(nowMs, () => this.context.outbox.fact({ kind: 'leaveSpread' }));
  }

  /** Sends bytes of the layer above to one member. */
  sendUser(to: Endpoint, body: Uint8Array): void {
    this.disseminator.send(to, [{ kind: 'user', body }]);
  }

  get health(): { readonly score: number; readonly suspects: number; readonly queued: number } {
    const { awareness, queue } = this.context;
    return { score: awareness.score, suspects: this.rules.suspectCount, queued: queue.length };
  }

  /** ms between our state exchanges at the present size of the pool. */
  get pushPullIntervalMs(): number {
    return pushPullIntervalMs(this.config.pushPullIntervalMs, this.table.size);
  }

  self(): MemberRecord {
    const self = this.table.get(this.config.name);
    assert(self, 'a started machine knows itself');
    return self;
  }

  hasOthersAlive(): boolean {
    return this.table.all().some(({ name, state }) => name !== this.config.name && state === 'alive');
  }

  /** What must be done now; the same object until `advance`. */
  ready(): Ready | undefined {
    if (!this.pending && !this.context.outbox.isEmpty) this.pending = this.context.outbox.take();
    return this.pending;
  }

  advance(ready: Ready): void {
    assert(ready === this.pending, 'advance confirms the Ready that was handed out');
    this.pending = undefined;
  }

  private heard(nowMs: number): void {
    this.context.hearing.runs(this.nextTickAtMs(), nowMs);
    this.context.hearing.heard(nowMs);
  }

  private answerPing(seqNo: number, node: string, replyTo: Endpoint): void {
    if (node !== '' && node !== this.config.name) {
      return this.context.outbox.fact({ kind: 'ignored', reason: 'pingForOther' });
    }
    this.disseminator.send(replyTo, [{ kind: 'ack', seqNo, payload: this.context.delegate.ackPayload() }]);
  }

  private schedulePushPull(atMs: number): void {
    this.context.timers.schedule('push-pull', atMs, (nowMs) => {
      this.schedulePushPull(nowMs + this.pushPullIntervalMs);
      const [peer] = this.table.randomMembers(
        1,
        this.context.random,
        ({ name, state }) => name !== this.config.name && state === 'alive',
      );
      if (peer) this.context.outbox.pushPull({ to: { host: peer.host, port: peer.port }, node: peer.name });
    });
  }
}
