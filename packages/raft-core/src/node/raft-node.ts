import type { Clock, Logger, Metrics, Random, Startable } from '@tribune/platform';
import type { PersistentState } from '../core/config';
import { membersOf, type MembershipChange } from '../core/membership';
import type { LogIndex, Message, Server, ServerId, SnapshotMeta } from '../core/message';
import { Raft } from '../core/raft';
import type { Fact } from '../core/ready';
import { noBallast, type Ballast } from '../storage/ballast';
import type { LogStore } from '../storage/log-store';
import type { SnapshotStore } from '../storage/snapshot-store';
import type { PeerTransport } from '../transport/peer-transport';
import { Announcer } from './announcer';
import { Applier } from './applier';
import { raftConfigOf } from './core-config';
import { DriveLoop, type Workers } from './drive-loop';
import { LogWork } from './log-work';
import { NodeError } from './node-error';
import { nodeStatus } from './node-status';
import { raftMetrics, type RaftMetrics } from './metrics';
import { completeOptions, type RaftNodeOptions } from './options';
import type {
  MembershipOutcome,
  NodeEvent,
  NodeStatus,
  ProposeOutcome,
  ReadIndexOutcome,
  TransferOutcome,
} from './outcomes';
import type { Answer, CountOutcomes } from './pending-proposals';
import { ProposalIntake } from './proposal-intake';
import { recover } from './recovery';
import { SnapshotWork } from './snapshot-work';
import { Snapshots } from './snapshots';
import { SpaceGuard } from './space-guard';
import type { StateMachine } from './state-machine';
import { Ticker } from './ticker';
import { Waiting } from './waiting';

export interface RaftNodeCollaborators {
  readonly logStore: LogStore;
  readonly snapshotStore: SnapshotStore;
  readonly transport: PeerTransport;
  readonly stateMachine: StateMachine;
  /** Disk space to give back when there is none left. @default none */
  readonly ballast?: Ballast;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics?: Metrics;
  /** Runs something once the event loop has read what waits. @default setImmediate */
  readonly nextTurn?: (run: () => void) => void;
}

/**
 * One server of the consensus group: the requests that it takes, and the wiring behind them. Requests go into the core
 * as inputs of the {@link DriveLoop}; what the core asks for is done by the workers; their results are inputs again.
 */
export class RaftNode implements Startable {
  private readonly options: RaftNodeOptions;
  private readonly logger: Logger;
  private readonly metrics: RaftMetrics;
  private readonly waiting: Waiting;
  private readonly snapshots: Snapshots;
  private readonly ticker: Ticker;
  private readonly spaceGuard: SpaceGuard;
  private readonly announcer: Announcer;
  private readonly loop: DriveLoop;
  private readonly intake: ProposalIntake;
  private readonly snapshotWork: SnapshotWork;
  private leaderHeardMs = -Infinity;

  constructor(
    options: Partial<RaftNodeOptions> & Pick<RaftNodeOptions, 'id' | 'address'>,
    private readonly collaborators: RaftNodeCollaborators,
  ) {
    const { clock, logStore, transport, stateMachine, snapshotStore, nextTurn = setImmediate } = collaborators;
    this.options = completeOptions(options);
    const { id, tickMs, electionTicks, multiplier, freeBytesMin } = this.options;
    const logger = (this.logger = collaborators.logger.child('raft'));
    const metrics = (this.metrics = raftMetrics(collaborators.metrics));
    const announcer = (this.announcer = new Announcer(logger, metrics));
    const count: CountOutcomes = (outcome, count) => metrics.proposals.inc({ outcome }, count);
    this.waiting = new Waiting(clock, 2 * tickMs * electionTicks * multiplier, count);
    this.loop = new DriveLoop({ clock, logger, nextTurn });
    this.snapshots = new Snapshots(this.options, { clock, snapshotStore, stateMachine, transport, logger });
    this.intake = new ProposalIntake(this.options, {
      loop: this.loop,
      proposals: this.waiting.proposals,
      clock,
      diskIsShort: () => this.spaceGuard.isShort,
      logIsTooLong: () => this.raft?.role === 'leader' && this.snapshots.logIsTooLong,
      count,
    });
    const parts = { loop: this.loop, snapshots: this.snapshots, announcer, metrics };
    this.snapshotWork = new SnapshotWork(
      { id, retryMs: tickMs * electionTicks },
      { ...parts, snapshotStore, stateMachine, clock, logger },
    );
    this.ticker = new Ticker(tickMs, clock, nextTurn, (stalledMs) => this.tick(stalledMs));
    this.spaceGuard = new SpaceGuard(
      { freeBytesMin },
      {
        clock,
        freeBytes: () => logStore.freeBytes(),
        snapshotBytes: () => this.snapshots.bytes,
        ballast: collaborators.ballast ?? noBallast,
        onShort: (freeBytes) => this.shortOfSpace(freeBytes),
        onReleased: (freeBytes) => this.logger.error('the disk is full: the ballast file was deleted', { freeBytes }),
      },
    );
  }

  /** Opens and checks the log, restores the newest snapshot, starts ticking. Throws what makes the data unusable. */
  async start(): Promise<void> {
    if (this.loop.isRunning) return;
    const { transport, random } = this.collaborators;
    await this.spaceGuard.start();
    const state = await this.recover();
    const raft = new Raft(raftConfigOf(this.options), state, random);
    this.loop.begin(raft, this.workers());
    transport.attach({
      message: (message) => this.receive(message),
      peerClosed: (id) => this.loop.input((raft) => raft.peerClosed(id)),
      snapshotProgress: (header) => this.snapshots.intake.progress(header),
      snapshot: async (header, chunks) => this.receive(await this.snapshotWork.receive(header, chunks)),
    });
    await transport.start();
    this.connectPeers();
    this.ticker.start();
    this.logger.info('raft started', {
      term: raft.term,
      lastIndex: state.lastIndex,
      snapshotIndex: state.snapshot?.index,
    });
  }

  /** Resolves when nothing of its own is under way; the log is closed, waiting proposals are `unknown`. */
  async stop(): Promise<void> {
    if (!this.raft) return;
    this.halt('the server is stopping');
    await this.spaceGuard.stop();
    await this.snapshots.stop();
    await this.loop.end();
    await this.collaborators.transport.stop();
    await this.collaborators.logStore.close();
  }

  /** Only on the leader; the front end follows `leaderId`. Resolves once applied here. */
  propose(command: Uint8Array): Promise<ProposeOutcome> {
    return new Promise((resolve) => this.intake.propose(command, resolve));
  }

  /** The same for who has a promise of his own: `answer` is called once, maybe at once. */
  proposeThen(command: Uint8Array, answer: Answer): void {
    this.intake.propose(command, answer);
  }

  /** A linearizable read index (R7). Synchronous when this server leads alone. The caller waits for its view. */
  readIndex(): ReadIndexOutcome | Promise<ReadIndexOutcome> {
    const { loop } = this;
    const { reads } = this.waiting;
    if (!loop.isRunning) return { kind: 'notLeader' };
    const shared = reads.ofThisTurn;
    if (shared) return shared;
    loop.core.timeIs(this.collaborators.clock.monotonicMs());
    const context = reads.nextContext();
    const result = loop.core.readIndex(context);
    if (result.kind !== 'pending') return result;
    loop.wake();
    return reads.wait(context);
  }

  status(): NodeStatus {
    const { clock } = this.collaborators;
    const sinceLeaderMs = this.raft?.role === 'leader' ? 0 : clock.monotonicMs() - this.leaderHeardMs;
    return nodeStatus(this.loop.core.status(), {
      snapshot: this.snapshots.latest,
      failure: this.loop.failure,
      sinceLeaderMs,
      tickMs: this.options.tickMs,
    });
  }

  /** First configuration of a new group; refused (throws RAFT_ALREADY_BOOTSTRAPPED) once there is any log. */
  async bootstrap(servers: readonly Server[]): Promise<void> {
    const voters = servers.map(({ id, address }) => ({ id, address })).sort((a, b) => (a.id < b.id ? -1 : 1));
    if (this.loop.core.bootstrap({ voters, outgoing: [], learners: [] }) === 'logNotEmpty') {
      throw new NodeError({ code: 'RAFT_ALREADY_BOOTSTRAPPED' }, 'this server has a log already');
    }
    this.loop.wake();
  }

  /** All changes as one atomic step. Resolves when the final configuration is committed. */
  async changeMembership(changes: readonly MembershipChange[]): Promise<MembershipOutcome> {
    const { loop } = this;
    if (!loop.isRunning) return { kind: 'notLeader' };
    const start = loop.core.proposeConfChange(changes);
    if (start.kind !== 'accepted') return start;
    loop.wake();
    return this.waiting.requests.change(start.index);
  }

  /** To `target`, or to the voter that is furthest ahead. */
  async transferLeadership(target?: ServerId): Promise<TransferOutcome> {
    const { loop } = this;
    if (!loop.isRunning) return { kind: 'notLeader' };
    const start = loop.core.transferLeadership(target);
    if (start.kind !== 'started') return start;
    loop.wake();
    return this.waiting.requests.transfer(start.target);
  }

  /** Takes a snapshot now, whatever the threshold says. Nothing happens when nothing was applied since the last. */
  takeSnapshot(): Promise<void> {
    return this.snapshotWork.take();
  }

  /** Calls `listener` for each event until the returned function is called. */
  on(listener: (event: NodeEvent) => void): () => void {
    return this.announcer.on(listener);
  }

  /** Undefined before the start and after the stop. */
  private get raft(): Raft | undefined {
    return this.loop.raft;
  }

  private async recover(): Promise<PersistentState> {
    try {
      return await recover(this.options.id, { ...this.collaborators, logger: this.logger });
    } catch (error) {
      await this.spaceGuard.stop();
      await this.collaborators.logStore.close();
      throw error;
    }
  }

  /** Who does what the core asks. */
  private workers(): Workers {
    const { logStore, transport, clock, stateMachine } = this.collaborators;
    const { loop, metrics, waiting, intake, snapshots, snapshotWork } = this;
    const { proposals, reads } = waiting;
    const restore = (meta: SnapshotMeta): Promise<void> => snapshotWork.restore(meta);
    const cleared = (upTo: LogIndex): void => {
      snapshots.cleared(upTo);
      intake.release();
      // While it was written, more came than is due; if nobody may propose, nothing else asks.
      const more = snapshotWork.takeIfDue();
      if (more) loop.track(more);
    };
    const log = new LogWork({ loop, logStore, transport, clock, metrics, restore, cleared });
    const applier = new Applier({ stateMachine, clock, proposals, volume: snapshots.volume, metrics });
    return {
      turnBegins: () => {
        reads.endTurn();
        metrics.commitIndex.set(loop.core.commitIndex);
      },
      tell: (fact) => this.tell(fact),
      send: (message) => transport.send(message),
      persist: (batch, meta) => log.persist(batch, meta),
      apply: (entries) => applier.apply(entries),
      load: (load) => log.load(load),
      sendSnapshot: (to) => snapshotWork.send(to),
      compact: (upTo) => log.compact(upTo),
      applied: () => {
        intake.release();
        return snapshotWork.takeIfDue();
      },
      failed: (error) => this.failed(error),
    };
  }

  private receive(message: Message): void {
    this.loop.input((raft) => {
      raft.step(message);
      if (message.from === raft.leaderId) this.leaderHeardMs = this.collaborators.clock.monotonicMs();
    });
  }

  private tick(stalledMs: number): void {
    if (stalledMs > 0) {
      this.metrics.stalls.inc();
      this.logger.warn('the event loop was held up', { stalledMs: Math.round(stalledMs) });
    }
    this.loop.input((raft) => raft.tick());
  }

  /** The log line and the event come before what waits for them. */
  private tell(fact: Fact): void {
    this.announcer.announce(fact);
    this.waiting.settle(fact, this.loop.core.leaderId);
    // Whoever leads now answers those who wait to be let in.
    if (fact.kind === 'steppedDown') this.intake.end();
    if (fact.kind === 'configurationChanged') this.connectPeers();
  }

  private connectPeers(): void {
    const { configuration, followers } = this.loop.core.status();
    const ids = membersOf(configuration).map((server) => server.id);
    // A leader still tells those who were removed.
    this.collaborators.transport.setPeers([...new Set([...ids, ...followers.keys()])]);
  }

  private shortOfSpace(freeBytes: number): void {
    this.logger.error('the disk is nearly full: no proposals are taken', { freeBytes });
    void this.transferLeadership();
  }

  private failed(error: Error): void {
    this.halt('this server failed');
    void this.collaborators.transport.stop();
    this.announcer.emit({ kind: 'failed', error });
  }

  private halt(reason: string): void {
    if (!this.loop.halt()) return;
    this.ticker.stop();
    void this.spaceGuard.stop();
    this.intake.end();
    this.waiting.abandon(reason);
  }
}
