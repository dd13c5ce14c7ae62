import { CodedError, messageOf, type Logger, type Startable } from '@tribune/platform';
import type { Coordinate, Member } from '@tribune/protocol';
import type { Endpoint } from '../core/messages';
import type { Ready, StreamPing } from '../core/ready';
import { Swim } from '../core/swim';
import type { MemberChange } from '../serf/member-book';
import type { QueryOptions } from '../serf/query-desk';
import type { QueryListener } from '../serf/query-ledger';
import { Serf, type SerfOutput } from '../serf/serf';
import type { QueryMessage } from '../serf/serf-messages';
import { serfDefaults, type SerfConfig } from '../serf/serf-config';
import { encodeTags, tagsProblem, type Tags } from '../serf/tags-codec';
import { measureMessage } from '../transport/codec/message-codec';
import { WireError } from '../transport/codec/wire-error';
import { PoolTransport } from '../transport/pool-transport';
import { advertisedAddress } from './advertise-address';
import { recordFact } from './fact-recorder';
import { swimConfig } from './pool-config';
import type { PoolNodeCollaborators, PoolNodeOptions } from './pool-node-options';
import { rejoin } from './rejoin';
import { SnapshotFile } from './snapshot-file';
import { StateExchanger } from './state-exchanger';
import { matchesExpression } from './tag-expression';
import { eventOrTimeout } from './waiting';
import { WakeUp } from './wake-up';

export class PoolError extends CodedError<
  { code: 'GOSSIP_NOT_RUNNING' } | { code: 'GOSSIP_TAGS_TOO_LONG' } | { code: 'GOSSIP_QUERY_REFUSED'; reason: string }
> {}

/** Streams served at once (memberlist: 128 push/pulls). */
const CONNECTIONS_MAX = 128;

/**
 * One pool: sockets and timers around the two machines. The loop is `pump`: whatever came in, do what SWIM and then
 * serf want done, until both are quiet; then sleep until the earlier of their deadlines.
 */
export class PoolNode implements Startable {
  private swim: Swim | undefined;
  private readonly serf: Serf;
  private readonly transport: PoolTransport;
  private readonly snapshot: SnapshotFile | undefined;
  private readonly exchanger: StateExchanger;
  private readonly logger: Logger;
  private readonly wakeUp: WakeUp;
  private isPumping = false;
  private tags: Tags;
  private state: 'new' | 'running' | 'leaving' | 'left' | 'stopped' = 'new';
  private leaveSpread: () => void = () => undefined;
  private readonly stopping = new AbortController();

  constructor(
    private readonly options: PoolNodeOptions,
    private readonly collaborators: PoolNodeCollaborators,
  ) {
    this.tags = options.tags;
    this.logger = collaborators.logger.child(options.pool);
    this.serf = this.createSerf();
    this.transport = this.createTransport();
    this.snapshot = this.createSnapshot();
    this.exchanger = this.createExchanger();
    this.wakeUp = new WakeUp(
      collaborators.clock,
      () => this.tick(),
      () => this.transport.packetsRead,
    );
  }

  get port(): number {
    return this.transport.port;
  }

  async start(): Promise<void> {
    if (this.state !== 'new') return;
    this.state = 'running';
    const previous = await this.snapshot?.open(this.options.rejoinAfterLeave);
    await this.transport.open();
    if (previous) this.serf.restore(previous);
    const { knobs, name } = this.options;
    const overhead = this.transport.overheadBytes;
    this.swim = new Swim(swimConfig(knobs, name, this.self(), overhead), {
      random: this.collaborators.random,
      measure: measureMessage,
      delegate: this.serf,
    });
    this.swim.start(encodeTags(this.tags), this.now());
    this.serf.start(this.now());
    this.pump();
    if (previous && previous.alive.size > 0) void rejoin(previous.alive, this, this.stopping.signal, this.logger);
  }

  /** Without a good-bye: the others will find out. */
  async stop(): Promise<void> {
    if (this.state === 'stopped' || this.state === 'new') return;
    this.state = 'stopped';
    this.stopping.abort();
    this.wakeUp.cancel();
    await this.transport.close();
    await this.snapshot?.close();
  }

  members(): Member[] {
    return this.serf.book.all();
  }

  member(name: string): Member | undefined {
    return this.serf.book.get(name);
  }

  coordinate(node: string): Coordinate | undefined {
    return this.serf.coordinates.get(node);
  }

  get name(): string {
    return this.options.name;
  }

  /** Members that are not gone. */
  get aliveCount(): number {
    return this.swim?.table.all().filter(({ state }) => state === 'alive' || state === 'suspect').length ?? 0;
  }

  async join(addresses: readonly string[]): Promise<{ joined: number; errors: string[] }> {
    this.runningSwim();
    return this.exchanger.join(addresses, this.options.port || this.transport.port);
  }

  /** Says good-bye and waits until it is likely to be known. Afterwards the node still answers until `stop`. */
  async leave(): Promise<void> {
    const swim = this.swim;
    if (this.state !== 'running' || !swim) return;
    this.state = 'leaving';
    this.snapshot?.leave();
    const { broadcastTimeoutMs, leavePropagateDelayMs } = this.serfConfig();
    const hasOthers = this.serf.hasOthersAlive();
    const intentSpread = new Promise<void>((spread) => this.serf.leave(this.now(), spread));
    this.pump();
    if (hasOthers) await this.within(broadcastTimeoutMs, intentSpread);
    const left = new Promise<void>((resolve) => (this.leaveSpread = resolve));
    swim.leave(this.now());
    this.pump();
    if (hasOthers) {
      await this.within(broadcastTimeoutMs, left);
      await this.within(leavePropagateDelayMs, new Promise(() => undefined));
    }
    if (this.state === 'leaving') this.state = 'left';
  }

  /** Members that are only suspected count as known; `unknown` when nobody has heard of the name. */
  async forceLeave(name: string, prune: boolean): Promise<'done' | 'unknown'> {
    this.runningSwim();
    if (!this.serf.book.get(name)) return 'unknown';
    const spread = new Promise<void>((resolve) => this.serf.forceLeave(name, prune, this.now(), resolve));
    const hasOthers = this.serf.hasOthersAlive();
    this.pump();
    if (hasOthers) await this.within(this.serfConfig().broadcastTimeoutMs, spread);
    return 'done';
  }

  /** Why the event was not sent, or its Lamport time. */
  fireEvent(name: string, payload: Uint8Array, coalesce: boolean): { problem: string } | { ltime: number } {
    this.runningSwim();
    const outcome = this.serf.fireEvent(name, payload, coalesce, this.now());
    this.pump();
    return outcome;
  }

  async setTags(tags: Tags): Promise<void> {
    const problem = tagsProblem(tags);
    if (problem !== undefined) throw new PoolError({ code: 'GOSSIP_TAGS_TOO_LONG' }, problem);
    this.tags = tags;
    if (this.state !== 'running') return;
    const swim = this.runningSwim();
    const spread = new Promise<void>((resolve) => swim.updateMeta(encodeTags(tags), this.now(), resolve));
    const hasOthers = this.serf.hasOthersAlive();
    this.pump();
    if (hasOthers) await this.within(this.serfConfig().broadcastTimeoutMs, spread);
  }

  /** Asks every member; resolves when the query is over or `enough` says so. */
  query(options: QueryOptions, listener: Omit<QueryListener, 'closed'>, enough: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const checked =
        <A extends unknown[]>(heard?: (...args: A) => void) =>
        (...args: A) => {
          heard?.(...args);
          if (enough()) resolve();
        };
      const problem = this.serf.queries.ask(this.runningSwim().self(), options, this.now(), {
        acked: checked(listener.acked?.bind(listener)),
        responded: checked(listener.responded?.bind(listener)),
        closed: resolve,
      });
      if (problem !== undefined) reject(new PoolError({ code: 'GOSSIP_QUERY_REFUSED', reason: problem }, problem));
      this.pump();
    });
  }

  /** Why the answer to a query that `asked` has shown was not sent. */
  answer(query: QueryMessage, payload: Uint8Array): string | undefined {
    this.runningSwim();
    const problem = this.serf.queries.answer(query, payload);
    this.pump();
    return problem;
  }

  stats(): Readonly<Record<string, string>> {
    const health = this.swim?.health;
    const encrypted = String(this.options.security.keyring !== undefined);
    return { ...this.serf.stats(), health_score: String(health?.score ?? 0), encrypted };
  }

  recordLevels(): void {
    const { metrics } = this.collaborators;
    const { pool } = this.options;
    for (const status of ['alive', 'leaving', 'left', 'failed'] as const) {
      metrics.members.set({ pool, status }, this.serf.book.names(status).length);
    }
    metrics.healthScore.set({ pool }, this.swim?.health.score ?? 0);
    metrics.broadcastsQueued.set({ pool }, this.swim?.health.queued ?? 0);
  }

  // --- the loop ---------------------------------------------------------------------------------------------------

  private pump(): void {
    if (this.isPumping || !this.swim || this.state === 'stopped') return;
    this.isPumping = true;
    try {
      for (;;) {
        const ready = this.swim.ready();
        if (ready) {
          this.carryOut(ready);
          this.swim.advance(ready);
        }
        const outputs = this.serf.takeOutputs();
        for (const output of outputs) this.deliver(output);
        if (!ready && outputs.length === 0) break;
      }
    } finally {
      this.isPumping = false;
    }
    this.sleep();
  }

  private carryOut(ready: Ready): void {
    for (const packet of ready.packets) this.transport.send(packet);
    for (const order of ready.streamPings) void this.streamPing(order);
    for (const order of ready.pushPulls) void this.exchanger.pushPull(order);
    for (const fact of ready.facts) {
      recordFact(fact, this.options.pool, this.logger, this.collaborators.metrics);
      if (fact.kind === 'leaveSpread') this.leaveSpread();
      try {
        this.serf.observe(fact, this.now());
      } catch (error) {
        this.unreadable(error);
      }
    }
  }

  private deliver(output: SerfOutput): void {
    switch (output.kind) {
      case 'member':
        return this.memberChanged(output.change);
      case 'userEvent':
        this.collaborators.metrics.userEvents.inc({ pool: this.options.pool });
        return this.collaborators.userEvent(output.event);
      case 'query':
        return this.collaborators.asked(output.query);
      case 'send':
        return this.swim?.sendUser(output.to, output.body);
      case 'reconnect':
        this.logger.info('trying to reach a failed member', { node: output.node });
        return void this.exchanger.pushPull(output);
      case 'nameLost':
        this.logger.error('another agent has our name, and most members know that one');
        return this.collaborators.nameLost();
    }
  }

  private memberChanged(change: MemberChange): void {
    const { kind, member } = change;
    this.logger.info(`member ${kind}`, { node: member.name, address: member.address });
    const address = member.address.includes(':') ? `[${member.address}]` : member.address;
    if (member.name !== this.options.name) {
      if (kind === 'join' || kind === 'update') this.snapshot?.memberAlive(member.name, `${address}:${member.port}`);
      else this.snapshot?.memberGone(member.name);
    }
    this.collaborators.memberChanged(change);
  }

  private sleep(): void {
    this.wakeUp.at(Math.min(this.swim?.nextTickAtMs() ?? Infinity, this.serf.nextTickAtMs()));
  }

  private tick(): void {
    this.swim?.tick(this.now());
    this.serf.tick(this.now());
    this.pump();
  }

  // --- streams ----------------------------------------------------------------------------------------------------

  private async streamPing({ to, ping, deadlineMs }: StreamPing): Promise<void> {
    const outcome = await this.transport.ping(to, ping, Math.max(1, deadlineMs - this.now()));
    this.swim?.streamPingDone(ping.seqNo, outcome, this.now());
    this.pump();
  }

  // --- wiring -----------------------------------------------------------------------------------------------------

  private createSerf(): Serf {
    const { random, keys, admit } = this.collaborators;
    return new Serf(this.serfConfig(), {
      random,
      keys,
      admit,
      matches: matchesExpression,
    });
  }

  private createTransport(): PoolTransport {
    const { pool, name, bindAddress, port, knobs, security } = this.options;
    const { streamTimeoutMs } = knobs;
    const limits = { streamTimeoutMs, connectionsMax: CONNECTIONS_MAX };
    return new PoolTransport(
      { pool, name, bindAddress, port, ...limits, ...security },
      {
        message: (message, from) => this.swim?.step(message, from, this.now()),
        packetEnd: () => this.pump(),
        exchange: async (remote) => this.exchanger.answer(remote),
        malformed: (error, from) =>
          this.logger.debug('unreadable input', { from: `${from.host}:${from.port}`, reason: messageOf(error) }),
      },
      this.collaborators.metrics,
    );
  }

  private createSnapshot(): SnapshotFile | undefined {
    const { snapshotPath } = this.options;
    if (snapshotPath === undefined) return undefined;
    const { clock } = this.collaborators;
    return new SnapshotFile(snapshotPath, { clock, logger: this.logger, clocks: () => this.serf.clocks() });
  }

  private createExchanger(): StateExchanger {
    const { pool, name } = this.options;
    const { metrics } = this.collaborators;
    return new StateExchanger(
      { pool, name },
      {
        transport: this.transport,
        serf: this.serf,
        swim: () => this.runningSwim(),
        pump: () => this.pump(),
        now: () => this.now(),
        logger: this.logger,
        metrics,
      },
    );
  }

  private serfConfig(): SerfConfig {
    const { name, knobs, serf } = this.options;
    return { ...serfDefaults, gossipIntervalMs: knobs.gossipIntervalMs, ...serf, name };
  }

  private self(): Endpoint {
    const { advertiseAddress, bindAddress, advertisePort } = this.options;
    return { host: advertisedAddress(advertiseAddress, bindAddress), port: advertisePort ?? this.transport.port };
  }

  private runningSwim(): Swim {
    if (this.swim && this.state !== 'stopped') return this.swim;
    throw new PoolError({ code: 'GOSSIP_NOT_RUNNING' }, `the ${this.options.pool} pool is not running`);
  }

  private unreadable(error: unknown): void {
    this.collaborators.metrics.malformed.inc({ pool: this.options.pool, transport: 'udp' });
    if (error instanceof WireError) this.logger.debug('unreadable message', { reason: messageOf(error) });
    else this.logger.error('a message could not be handled', { error });
  }

  private now(): number {
    return this.collaborators.clock.monotonicMs();
  }

  private within(timeoutMs: number, event: Promise<void>): Promise<void> {
    return eventOrTimeout(event, timeoutMs, this.collaborators.clock, this.stopping.signal);
  }
}
