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
import {
  assert,
  messageOf,
  type Clock,
  type Logger,
  type Metrics,
  type Random,
  type Startable,
} from '@tribune/platform';
import type { PersistentState } from '../core/config';
import type { MembershipChange } from '../core/membership';
import type { Message, Server, ServerId, SnapshotMeta } from '../core/message';
import { Raft } from '../core/raft';
import type { Fact, LogLoad, Persist, Ready } from '../core/ready';
import type { LogStore } from '../storage/log-store';
import type { SnapshotStore } from '../storage/snapshot-store';
import type { PeerTransport, SnapshotHeader } from '../transport/peer-transport';
import { Announcer } from './announcer';
import { Applier } from './applier';
import { raftConfigOf } from './core-config';
import { NodeError } from './node-error';
import { nodeStatus } from './node-status';
import { raftMetrics, type RaftMetrics } from './metrics';
import { OperatorRequests } from './operator-requests';
import { completeOptions, type RaftNodeOptions } from './options';
import type {
  MembershipOutcome,
  NodeEvent,
  NodeStatus,
  ProposeOutcome,
  ReadIndexOutcome,
  TransferOutcome,
} from './outcomes';
import { PendingProposals } from './pending-proposals';
import { PendingReads } from './pending-reads';
import { recover } from './recovery';
import { Snapshots } from './snapshots';
import { SpaceGuard } from './space-guard';
import type { StateMachine } from './state-machine';
import { Ticker } from './ticker';

/** A turn that has run this long leaves the event loop to others and goes on in the next one. */
const TURN_BUDGET_MS = 8;

export interface RaftNodeCollaborators {
  readonly logStore: LogStore;
  readonly snapshotStore: SnapshotStore;
  readonly transport: PeerTransport;
  readonly stateMachine: StateMachine;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics?: Metrics;
  /** Runs something once the event loop has read what waits. @default setImmediate */
  readonly nextTurn?: (run: () => void) => void;
}

/** One server of the consensus group. */
export class RaftNode implements Startable {
  private readonly options: RaftNodeOptions;
  private readonly logger: Logger;
  private readonly metrics: RaftMetrics;
  private readonly nextTurn: (run: () => void) => void;
  private readonly proposals = new PendingProposals();
  private readonly reads = new PendingReads();
  private readonly requests: OperatorRequests;
  private readonly snapshots: Snapshots;
  private readonly ticker: Ticker;
  private readonly spaceGuard: SpaceGuard;
  private readonly announcer: Announcer;
  private readonly applier: Applier;
  /** What is under way on disk or network; `stop` waits for it. */
  private readonly work = new Set<Promise<unknown>>();
  private raft: Raft | undefined;
  private isRunning = false;
  private turnIsDue = false;
  private failure: Error | undefined;
  private leaderHeardMs = -Infinity;

  constructor(
    options: Partial<RaftNodeOptions> & Pick<RaftNodeOptions, 'id' | 'address'>,
    private readonly collaborators: RaftNodeCollaborators,
  ) {
    const { clock, logStore, transport, stateMachine, snapshotStore } = collaborators;
    this.options = completeOptions(options);
    this.logger = collaborators.logger.child('raft');
    this.metrics = raftMetrics(collaborators.metrics);
    this.announcer = new Announcer(this.logger, this.metrics);
    this.nextTurn = collaborators.nextTurn ?? setImmediate;
    const { tickMs, electionTicks, multiplier, freeBytesMin } = this.options;
    this.requests = new OperatorRequests(clock, 2 * tickMs * electionTicks * multiplier);
    this.snapshots = new Snapshots(this.options, {
      clock,
      snapshotStore,
      stateMachine,
      transport,
      logger: this.logger,
    });
    this.applier = new Applier({
      stateMachine,
      clock,
      proposals: this.proposals,
      volume: this.snapshots.volume,
      metrics: this.metrics,
    });
    this.ticker = new Ticker(tickMs, clock, this.nextTurn, (stalledMs) => this.tick(stalledMs));
    this.spaceGuard = new SpaceGuard(
      { freeBytesMin },
      {
        clock,
        freeBytes: () => logStore.freeBytes(),
        snapshotBytes: () => this.snapshots.bytes,
        onShort: (freeBytes) => this.shortOfSpace(freeBytes),
      },
    );
  }

  /** Opens and checks the log, restores the newest snapshot, starts ticking. Throws what makes the data unusable. */
  async start(): Promise<void> {
    if (this.isRunning) return;
    const { transport, random } = this.collaborators;
    const state = await this.recover();
    this.raft = new Raft(raftConfigOf(this.options), state, random);
    this.isRunning = true;
    transport.attach({
      message: (message) => this.receive(message),
      peerClosed: (id) => this.input((raft) => raft.peerClosed(id)),
      snapshot: (header, chunks) => this.receiveSnapshot(header, chunks),
    });
    await transport.start();
    await this.spaceGuard.start();
    this.connectPeers();
    this.ticker.start();
    this.logger.info('raft started', {
      term: this.raft.term,
      lastIndex: state.lastIndex,
      snapshotIndex: state.snapshot?.index,
    });
  }

  private async recover(): Promise<PersistentState> {
    try {
      return await recover(this.options.id, { ...this.collaborators, logger: this.logger });
    } catch (error) {
      await this.collaborators.logStore.close();
      throw error;
    }
  }

  /** Resolves when nothing of its own is under way; the log is closed, waiting proposals are `unknown`. */
  async stop(): Promise<void> {
    if (!this.raft) return;
    this.halt('the server is stopping');
    await this.snapshots.stop();
    await Promise.allSettled(this.work);
    await this.collaborators.transport.stop();
    await this.collaborators.logStore.close();
    this.raft = undefined;
  }

  /** Only on the leader; the front end follows `leaderId`. Resolves once applied here. */
  async propose(command: Uint8Array): Promise<ProposeOutcome> {
    const outcome = await this.tryPropose(command);
    this.metrics.proposals.inc({ outcome: outcome.kind });
    return outcome;
  }

  /** A linearizable read index (R7). Synchronous when this server leads alone. The caller waits for its view. */
  readIndex(): ReadIndexOutcome | Promise<ReadIndexOutcome> {
    if (!this.isRunning) return { kind: 'notLeader' };
    const shared = this.reads.ofThisTurn;
    if (shared) return shared;
    this.core.timeIs(this.collaborators.clock.monotonicMs());
    const context = this.reads.nextContext();
    const result = this.core.readIndex(context);
    if (result.kind !== 'pending') return result;
    this.wake();
    return this.reads.wait(context);
  }

  status(): NodeStatus {
    const { clock } = this.collaborators;
    const sinceLeaderMs = this.raft?.role === 'leader' ? 0 : clock.monotonicMs() - this.leaderHeardMs;
    return nodeStatus(this.core.status(), {
      snapshot: this.snapshots.latest,
      failure: this.failure,
      sinceLeaderMs,
      tickMs: this.options.tickMs,
    });
  }

  /** First configuration of a new group; refused (throws RAFT_ALREADY_BOOTSTRAPPED) once there is any log. */
  async bootstrap(servers: readonly Server[]): Promise<void> {
    const voters = servers.map(({ id, address }) => ({ id, address })).sort((a, b) => (a.id < b.id ? -1 : 1));
    if (this.core.bootstrap({ voters, outgoing: [], learners: [] }) === 'logNotEmpty') {
      throw new NodeError({ code: 'RAFT_ALREADY_BOOTSTRAPPED' }, 'this server has a log already');
    }
    this.wake();
  }

  /** All changes as one atomic step. Resolves when the final configuration is committed. */
  async changeMembership(changes: readonly MembershipChange[]): Promise<MembershipOutcome> {
    if (!this.isRunning) return { kind: 'notLeader' };
    const start = this.core.proposeConfChange(changes);
    if (start.kind !== 'accepted') return start;
    this.wake();
    return this.requests.change(start.index);
  }

  /** To `target`, or to the voter that is furthest ahead. */
  async transferLeadership(target?: ServerId): Promise<TransferOutcome> {
    if (!this.isRunning) return { kind: 'notLeader' };
    const start = this.core.transferLeadership(target);
    if (start.kind !== 'started') return start;
    this.wake();
    return this.requests.transfer(start.target);
  }

  /** Takes a snapshot now, whatever the threshold says. Nothing happens when nothing was applied since the last. */
  async takeSnapshot(): Promise<void> {
    const { core } = this;
    const index = core.appliedIndex;
    if (index <= (this.snapshots.latest?.index ?? 0)) return;
    const meta: SnapshotMeta = { index, term: core.termAt(index)!, configuration: core.configurationAt(index) };
    const covered = await this.snapshots.take(meta);
    this.announcer.emit({ kind: 'snapshotTaken', index: covered });
    this.input((raft) => raft.compact(this.snapshots.compactionPoint(covered)));
  }

  /** Calls `listener` for each event until the returned function is called. */
  on(listener: (event: NodeEvent) => void): () => void {
    return this.announcer.on(listener);
  }

  private get core(): Raft {
    assert(this.raft, 'the node was started');
    return this.raft;
  }

  // ── inputs ────────────────────────────────────────────────────────────────────────────────────────────────────────

  private input(give: (raft: Raft) => void): void {
    if (!this.isRunning) return;
    this.core.timeIs(this.collaborators.clock.monotonicMs());
    give(this.core);
    this.wake();
  }

  private receive(message: Message): void {
    this.input((raft) => {
      raft.step(message);
      if (message.from === raft.leaderId) this.leaderHeardMs = this.collaborators.clock.monotonicMs();
    });
  }

  private tick(stalledMs: number): void {
    if (stalledMs > 0) {
      this.metrics.stalls.inc();
      this.logger.warn('the event loop was held up', { stalledMs: Math.round(stalledMs) });
    }
    this.input((raft) => raft.tick());
  }

  private async tryPropose(command: Uint8Array): Promise<ProposeOutcome> {
    if (!this.isRunning) return { kind: 'refused', reason: 'this server is not running', retryable: true };
    const { commandBytesMax, proposalsMax } = this.options;
    if (command.byteLength > commandBytesMax) {
      const reason = `the command has ${command.byteLength} bytes, the log takes at most ${commandBytesMax}`;
      return { kind: 'refused', reason, retryable: false };
    }
    if (this.proposals.count >= proposalsMax)
      return { kind: 'refused', reason: 'too many proposals wait', retryable: true };
    if (this.spaceGuard.isShort)
      return { kind: 'refused', reason: 'the disk of the leader is nearly full', retryable: true };
    const result = this.core.propose([command]);
    if (result.kind !== 'accepted') return result;
    this.wake();
    return this.proposals.wait(result.firstIndex, result.term, this.collaborators.clock.monotonicMs());
  }

  // ── the loop ──────────────────────────────────────────────────────────────────────────────────────────────────────

  private wake(): void {
    if (this.turnIsDue || !this.isRunning) return;
    this.turnIsDue = true;
    this.nextTurn(() => this.turn());
  }

  private turn(): void {
    this.turnIsDue = false;
    if (!this.isRunning) return;
    const deadline = this.collaborators.clock.monotonicMs() + TURN_BUDGET_MS;
    this.reads.endTurn();
    try {
      for (let ready = this.core.ready(); ready && this.isRunning; ready = this.core.ready()) {
        this.perform(ready);
        if (this.collaborators.clock.monotonicMs() >= deadline) return this.wake();
      }
    } catch (error) {
      this.fail(error);
    }
  }

  /** The ordering contract; see the head of this file. */
  private perform(ready: Ready): void {
    this.metrics.commitIndex.set(this.core.commitIndex);
    for (const fact of ready.facts) this.tell(fact);
    for (const message of ready.messages) this.collaborators.transport.send(message);
    if (ready.persist) this.track(this.persist(ready.persist, ready.restore));
    if (ready.apply.length > 0) this.applier.apply(ready.apply);
    for (const load of ready.loads) this.track(this.load(load));
    for (const id of ready.sendSnapshots) this.track(this.sendSnapshot(id));
    if (ready.compact !== undefined) this.track(this.collaborators.logStore.compact(ready.compact));
    this.core.advance(ready);
    if (ready.apply.length > 0 && this.snapshots.isDue(this.core.appliedIndex)) this.track(this.takeSnapshot());
  }

  private async persist(batch: Persist, restore: SnapshotMeta | undefined): Promise<void> {
    const { hardState, reset, entries } = batch;
    const { logStore, transport, clock } = this.collaborators;
    const startedMs = clock.monotonicMs();
    await logStore.append({ hardState, reset, entries });
    this.metrics.persistSeconds.observe((clock.monotonicMs() - startedMs) / 1000);
    this.metrics.persistEntries.observe(entries.length);
    if (!this.isRunning) return;
    for (const message of batch.thenSend) transport.send(message);
    this.core.persisted(batch);
    this.turn();
    if (restore) await this.restore(restore);
  }

  private async restore(meta: SnapshotMeta): Promise<void> {
    const { snapshotStore, stateMachine } = this.collaborators;
    const snapshot = snapshotStore.latest();
    assert(snapshot && snapshot.meta.index === meta.index, 'the snapshot to restore is the newest one');
    await stateMachine.restore(snapshot.chunks(), meta.index);
    this.logger.info('installed a snapshot', { index: meta.index, term: meta.term, bytes: snapshot.bytes });
    this.announcer.emit({ kind: 'snapshotInstalled', index: meta.index });
    this.input((raft) => raft.restored());
  }

  private async load(load: LogLoad): Promise<void> {
    const entries = await this.collaborators.logStore.read(load.from, load.to, load.bytesMax);
    this.input((raft) => raft.loaded(load, entries));
  }

  private async sendSnapshot(to: ServerId): Promise<void> {
    const { id, tickMs, electionTicks } = this.options;
    this.logger.info('sending a snapshot', { to, index: this.snapshots.latest?.index });
    try {
      const index = await this.snapshots.send(id, to, this.core.term);
      this.metrics.snapshotsSent.inc({ outcome: 'delivered' });
      this.input((raft) => raft.snapshotSent(to, index));
    } catch (error) {
      this.metrics.snapshotsSent.inc({ outcome: 'failed' });
      this.logger.warn('a snapshot was not delivered', { to, error: messageOf(error) });
      // Not at once: a follower that refuses would otherwise be asked without pause.
      this.collaborators.clock.setTimer(tickMs * electionTicks, () =>
        this.input((raft) => raft.snapshotSent(to, undefined)),
      );
    }
  }

  private async receiveSnapshot(header: SnapshotHeader, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    if (!this.isRunning) throw new Error('this server is not running');
    if (this.core.isRestoring) throw new Error('another snapshot is being restored');
    const { from, to, term, meta } = header;
    if (meta.index > this.core.commitIndex) await this.snapshots.receive(header, chunks);
    this.receive({ type: 'installSnapshot', from, to, term, snapshot: meta });
  }

  // ── what happened ─────────────────────────────────────────────────────────────────────────────────────────────────

  /** Settles what waits for this fact. The log line and the event come first. */
  private tell(fact: Fact): void {
    this.announcer.announce(fact);
    switch (fact.kind) {
      case 'leaderChanged':
        return this.requests.leaderChanged(fact.leaderId);
      case 'steppedDown':
        this.proposals.abandon(`leadership was lost: ${fact.reason}`);
        return this.requests.leadershipLost(fact.reason);
      case 'readsConfirmed':
        return this.reads.confirmed(fact.reads, fact.index);
      case 'readsLost':
        return this.reads.lost(fact.reads, this.core.leaderId);
      case 'configurationChanged':
        return this.connectPeers();
      case 'configurationCommitted':
        return this.requests.committed(fact.index, fact.joint);
      case 'transferEnded':
        return this.requests.transferEnded(fact.reason);
      case 'roleChanged':
      case 'leadershipEstablished':
      case 'followerRegressed':
      case 'diskStalled':
      case 'logRecovered':
        // Nobody waits for these.
        return undefined;
    }
  }

  private connectPeers(): void {
    const { configuration, followers } = this.core.status();
    const ids = [...configuration.voters, ...configuration.outgoing, ...configuration.learners].map(
      (server) => server.id,
    );
    // A leader still tells those who were removed.
    this.collaborators.transport.setPeers([...new Set([...ids, ...followers.keys()])]);
  }

  private shortOfSpace(freeBytes: number): void {
    this.logger.error('the disk is nearly full: no proposals are taken', { freeBytes });
    void this.transferLeadership();
  }

  /** Background work of one Ready. Whatever goes wrong in it closes the latch. */
  private track(work: Promise<unknown>): void {
    const tracked = work.catch((error: unknown) => this.fail(error)).finally(() => this.work.delete(tracked));
    this.work.add(tracked);
  }

  /**
   * The poison latch (R23, S4): storage that failed once cannot be trusted, and a state machine that threw is not what
   * the others have. Nothing more is acknowledged, persisted or sent; the owner ends the process, which starts anew
   * from what is on disk.
   */
  private fail(thrown: unknown): void {
    if (this.failure || !this.isRunning) return;
    this.failure = thrown instanceof Error ? thrown : new Error(messageOf(thrown));
    this.logger.error('raft stops: it can no longer keep its promises', {
      error: this.failure,
      cause: messageOf(this.failure.cause),
    });
    this.halt('this server failed');
    void this.collaborators.transport.stop();
    this.announcer.emit({ kind: 'failed', error: this.failure });
  }

  private halt(reason: string): void {
    if (!this.isRunning) return;
    this.isRunning = false;
    this.ticker.stop();
    this.spaceGuard.stop();
    this.proposals.abandon(reason);
    this.reads.abandon();
    this.requests.leadershipLost(reason);
    this.requests.transferEnded(reason);
  }
}
