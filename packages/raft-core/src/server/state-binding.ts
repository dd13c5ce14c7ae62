import { sleep, type Clock } from '@tribune/platform';
import type {
  FenceResult,
  LeaderStatus,
  OperatorResult,
  ProposeResult,
  RaftConfigurationInfo,
  RaftServerInfo,
  StateApi,
} from '@tribune/protocol';
import type { ServerId } from '../core/message';
import type { MembershipChange } from '../core/membership';
import type { MembershipOutcome, NodeStatus, TransferOutcome } from '../node/outcomes';
import type { FeedHub } from './feed/feed-hub';
import type { LeaderRouter } from './leader-router';
import type { Proposer } from './proposer';
import type { ReadFence } from './read-fence';
import { serverStats } from './stats';

/** What operators' requests need of consensus. */
export interface OperatorTarget {
  status(): NodeStatus;
  changeMembership(changes: readonly MembershipChange[]): Promise<MembershipOutcome>;
  transferLeadership(target?: ServerId): Promise<TransferOutcome>;
}

export interface StateBindingParts {
  readonly clock: Clock;
  readonly node: OperatorTarget;
  readonly router: LeaderRouter;
  readonly proposer: Proposer;
  readonly fence: ReadFence;
  readonly feed: FeedHub;
  /** Undefined: no quorum confirms that this server leads. */
  readonly renew: (id: string) => Promise<'renewed' | 'unknown' | undefined>;
  /** Node name of a server, '' when gossip does not know it. */
  readonly nameOf: (id: string) => string;
  readonly addressOf: (id: string) => string | undefined;
  /** How a server does; known to the leader only. */
  readonly healthOf: (id: string) => RaftServerInfo['health'];
  /** Why bytes from another process must not reach the log. */
  readonly commandProblem: (command: Uint8Array) => string | undefined;
}

/** Two elections' worth of patience with a transfer of leadership. */
const HANDOVER_MS = 2_000;
const CHANGE_PATIENCE_MS = 2_000;
const CHANGE_RETRY_MS = 50;
const STATUS_AGE_MAX_MS = 2;
const NO_LEADER_REASON = 'No cluster leader';

/** The in-process {@link StateApi}: follows the leader. */
export class StateBinding implements StateApi {
  private known: { readonly atMs: number; readonly status: LeaderStatus } | undefined;

  constructor(protected readonly parts: StateBindingParts) {}

  propose(command: Uint8Array): Promise<ProposeResult> {
    return this.parts.proposer.propose(command);
  }

  readFence(): FenceResult | Promise<FenceResult> {
    return this.parts.fence.get();
  }

  feed(signal: AbortSignal): ReturnType<StateApi['feed']> {
    return this.parts.feed.open(signal);
  }

  /** Asked with every stale read, so what was put together a moment ago will do. */
  status(): LeaderStatus {
    const nowMs = this.parts.clock.monotonicMs();
    if (!this.known || nowMs - this.known.atMs > STATUS_AGE_MAX_MS)
      this.known = { atMs: nowMs, status: this.statusNow() };
    return this.known.status;
  }

  private statusNow(): LeaderStatus {
    const { role, leaderId, leaderAddress, term, commitIndex, appliedIndex, lastContactMs, peers } =
      this.parts.node.status();
    const known = leaderId === undefined ? undefined : (this.parts.addressOf(leaderId) ?? leaderAddress);
    return {
      leaderAddress: known ?? '',
      leaderId: leaderId ?? '',
      isLeader: role === 'leader',
      term,
      commitIndex,
      appliedIndex,
      lastContactMs,
      peers: peers.filter(({ suffrage }) => suffrage === 'voter').map(({ address }) => address),
    };
  }

  /** As the leader has it; as this server has it when no leader answers. */
  async raftConfiguration(): Promise<RaftConfigurationInfo> {
    const known = await this.parts.router.route(
      () => this.configurationHere(),
      (leader) => leader.raftConfiguration().catch(() => undefined),
      { repeatable: true },
    );
    return known ?? this.configurationHere();
  }

  protected configurationHere(): RaftConfigurationInfo {
    const { peers, leaderId, configurationIndex, role } = this.parts.node.status();
    const servers = peers.map(({ id, address, suffrage }) => ({
      id,
      node: this.parts.nameOf(id),
      address,
      leader: id === leaderId,
      voter: suffrage === 'voter',
      protocolVersion: '3',
      health: role === 'leader' ? this.parts.healthOf(id) : undefined,
    }));
    return { servers, index: configurationIndex };
  }

  removePeer(peer: { readonly id?: string; readonly address?: string }): Promise<OperatorResult> {
    return this.atLeader(
      () => this.removeHere(peer),
      (leader) => leader.removePeer(peer),
    );
  }

  transferLeadership(id?: string): Promise<OperatorResult> {
    return this.atLeader(
      () => this.transferHere(id),
      (leader) => leader.transferLeadership(id),
    );
  }

  async renewSession(id: string): Promise<'renewed' | 'unknown' | 'noLeader'> {
    const result = await this.parts.router.route(
      () => this.renewHere(id),
      async (leader) => {
        const renewal = await leader.renewSession(id);
        return renewal === 'noLeader' ? undefined : renewal;
      },
      { repeatable: true },
    );
    return result ?? 'noLeader';
  }

  protected async renewHere(id: string): Promise<'renewed' | 'unknown' | undefined> {
    return this.parts.router.isLeader ? this.parts.renew(id) : undefined;
  }

  async stats(): Promise<Readonly<Record<string, Readonly<Record<string, string>>>>> {
    return serverStats(this.parts.node.status());
  }

  /** Undefined when this server does not lead. */
  protected async removeHere(peer: {
    readonly id?: string;
    readonly address?: string;
  }): Promise<OperatorResult | undefined> {
    const { peers, role } = this.parts.node.status();
    if (role !== 'leader') return undefined;
    const found = peers.find(({ id, address }) => (peer.id ? id === peer.id : address === peer.address));
    if (!found) return { ok: false, notFound: true, reason: notFoundReason(peer) };
    const outcome = await this.changeMembership([{ kind: 'remove', id: found.id }]);
    if (outcome.kind === 'changed') return { ok: true };
    return outcome.kind === 'notLeader' ? undefined : { ok: false, reason: outcome.reason };
  }

  /** A leader that was just elected, or that changes something already, is ready in a moment. */
  private async changeMembership(changes: readonly MembershipChange[]): Promise<MembershipOutcome> {
    const { clock, node } = this.parts;
    const deadlineMs = clock.monotonicMs() + CHANGE_PATIENCE_MS;
    for (;;) {
      const outcome = await node.changeMembership(changes);
      if (outcome.kind !== 'refused' || !outcome.retryable || clock.monotonicMs() >= deadlineMs) return outcome;
      await sleep(clock, CHANGE_RETRY_MS);
    }
  }

  protected async transferHere(id?: string): Promise<OperatorResult | undefined> {
    const { node, router } = this.parts;
    const outcome = await router.handOver(() => node.transferLeadership(id));
    if (outcome.kind === 'transferred') return { ok: true };
    if (outcome.kind === 'notLeader') return undefined;
    // The old leader steps down a moment before it hears who won.
    const leaderId = router.isLeader ? undefined : await router.nextLeader(HANDOVER_MS);
    const arrived = leaderId !== undefined && (id === undefined || leaderId === id);
    return arrived ? { ok: true } : { ok: false, reason: outcome.reason };
  }

  private async atLeader(
    local: () => Promise<OperatorResult | undefined>,
    remote: (leader: StateApi) => Promise<OperatorResult>,
  ): Promise<OperatorResult> {
    const result = await this.parts.router.route(local, remote, { repeatable: false });
    return result ?? { ok: false, reason: NO_LEADER_REASON };
  }
}

/** What other processes get: the same, but their commands are looked at first. */
export class RemoteStateBinding extends StateBinding {
  override propose(command: Uint8Array): Promise<ProposeResult> {
    const problem = this.parts.commandProblem(command);
    if (problem !== undefined) return Promise.resolve({ kind: 'refused', reason: problem, retryable: false });
    return super.propose(command);
  }
}

/** What servers get that forward to this one as their leader: answers for itself or not at all. */
export class LeaderOnlyBinding extends StateBinding {
  override propose(command: Uint8Array): Promise<ProposeResult> {
    const problem = this.parts.commandProblem(command);
    if (problem !== undefined) return Promise.resolve({ kind: 'refused', reason: problem, retryable: false });
    return this.parts.proposer.proposeHere(command);
  }

  override readFence(): FenceResult | Promise<FenceResult> {
    return this.parts.fence.getHere();
  }

  override async raftConfiguration(): Promise<RaftConfigurationInfo> {
    return this.configurationHere();
  }

  override async removePeer(peer: { readonly id?: string; readonly address?: string }): Promise<OperatorResult> {
    return (await this.removeHere(peer)) ?? { ok: false, reason: NO_LEADER_REASON };
  }

  override async transferLeadership(id?: string): Promise<OperatorResult> {
    return (await this.transferHere(id)) ?? { ok: false, reason: NO_LEADER_REASON };
  }

  override async renewSession(id: string): Promise<'renewed' | 'unknown' | 'noLeader'> {
    return (await this.renewHere(id)) ?? 'noLeader';
  }
}

/** Consul's sentence. */
function notFoundReason({ id, address }: { readonly id?: string; readonly address?: string }): string {
  return id
    ? `id ${JSON.stringify(id)} was not found in the Raft configuration`
    : `address ${JSON.stringify(address ?? '')} was not found in the Raft configuration`;
}
