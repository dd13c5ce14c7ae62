import type { Clock } from '@tribune/platform';
import type {
  FeedStream,
  FenceResult,
  LeaderStatus,
  OperatorResult,
  ProposeResult,
  RaftConfigurationInfo,
  StateApi,
} from '@tribune/protocol';
import {
  encodeCommand,
  encodeOutcome,
  StateMachine,
  type Command,
  type Outcome,
  type View,
} from '@tribune/state-store';
import { ExpiryDuties } from './expiry-duties';
import { LocalFeed } from './local-feed';

const ADDRESS = '127.0.0.1:8300';
const NODE_ID = '00000000-0000-0000-0000-000000000001';
const ALONE: OperatorResult = { ok: false, reason: 'there is only one server' };

/**
 * The state service without consensus: one state machine in this process, every proposal applied at once. Behaves like
 * a single server that always leads, including the duties that run by the clock.
 */
export class LocalState implements StateApi {
  readonly machine = new StateMachine();
  private readonly duties: ExpiryDuties;
  private leads = true;

  constructor(clock: Clock) {
    // On a log, index 1 is the leader's own entry: clients may take it for "nothing yet".
    this.machine.skipTo(1);
    this.duties = new ExpiryDuties(this.machine.view, clock, (command) => void this.apply(command));
  }

  get view(): View {
    return this.machine.view;
  }

  /** Applies a command right away: for setting a scene. */
  apply(command: Command): Outcome {
    return this.machine.apply(this.machine.revision + 1, encodeCommand(command)).outcome;
  }

  /** Without a leader every write and fence answers `noLeader`, as in an election. */
  setLeading(leads: boolean): void {
    this.leads = leads;
  }

  async propose(command: Uint8Array): Promise<ProposeResult> {
    if (!this.leads) return { kind: 'noLeader' };
    const { outcome } = this.machine.apply(this.machine.revision + 1, command);
    return { kind: 'applied', revision: this.machine.revision, outcome: encodeOutcome(outcome) };
  }

  readFence(): FenceResult {
    return this.leads ? { kind: 'confirmed', revision: this.machine.revision } : { kind: 'noLeader' };
  }

  feed(signal: AbortSignal): FeedStream {
    return new LocalFeed(this.machine.view, signal);
  }

  status(): LeaderStatus {
    const revision = this.machine.revision;
    return {
      leaderAddress: this.leads ? ADDRESS : '',
      leaderId: this.leads ? NODE_ID : '',
      isLeader: this.leads,
      term: 1,
      commitIndex: revision,
      appliedIndex: revision,
      lastContactMs: 0,
      peers: [ADDRESS],
    };
  }

  async raftConfiguration(): Promise<RaftConfigurationInfo> {
    const server = {
      id: NODE_ID,
      node: 'local',
      address: ADDRESS,
      leader: this.leads,
      voter: true,
      protocolVersion: '3',
    };
    return { servers: [server], index: 1 };
  }

  async removePeer(): Promise<OperatorResult> {
    return ALONE;
  }

  async transferLeadership(): Promise<OperatorResult> {
    return ALONE;
  }

  async renewSession(id: string): Promise<'renewed' | 'unknown' | 'noLeader'> {
    if (!this.leads) return 'noLeader';
    return this.duties.renew(id) ? 'renewed' : 'unknown';
  }

  async stats(): Promise<Readonly<Record<string, Readonly<Record<string, string>>>>> {
    return {
      consul: { leader: String(this.leads), leader_addr: ADDRESS, server: 'true' },
      raft: { state: this.leads ? 'Leader' : 'Follower', applied_index: String(this.machine.revision), num_peers: '0' },
    };
  }

  /** Cancels the timers of the duties. */
  stop(): void {
    this.duties.stop();
  }
}
