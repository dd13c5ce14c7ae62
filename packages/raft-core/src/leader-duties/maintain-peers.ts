import type { Timer } from '@tribune/platform';
import type { MembershipChange } from '../core/membership';
import type { MembershipOutcome, NodeStatus } from '../node/outcomes';
import type { GossipServer, LanMembers } from '../server/lan-members';
import type { Duty, DutyCollaborators } from './duty';
import type { ServerHealthRecord } from './server-health';

/** What this duty needs of consensus. */
export interface PeerControl {
  status(): NodeStatus;
  changeMembership(changes: readonly MembershipChange[]): Promise<MembershipOutcome>;
}

const INTERVAL_MS = 1_000;

/**
 * Keeps the Raft configuration in step with the servers that gossip knows: a new server comes in as a learner and
 * votes once it has been healthy for long enough (which means: caught up); one that left goes; one that merely failed stays, since it may come back with its log.
 */
export class MaintainPeers implements Duty {
  readonly name = 'maintain-peers';
  private readonly gone = new Set<string>();
  private timer: Timer | undefined;
  private leading = false;
  private working = false;
  private unfollow: (() => void) | undefined;

  constructor(
    private readonly control: PeerControl,
    private readonly members: LanMembers,
    private readonly collaborators: Pick<DutyCollaborators, 'clock' | 'logger'>,
    private readonly health: ServerHealthRecord,
  ) {}

  begin(): void {
    this.leading = true;
    this.unfollow = this.members.follow(({ kind, member }) => {
      const server = this.members.server(member);
      if (!server) return;
      if (kind === 'reaped') this.gone.add(server.id);
      else if (member.status === 'alive') this.gone.delete(server.id);
      void this.work();
    });
    this.tick();
  }

  end(): void {
    this.leading = false;
    this.unfollow?.();
    this.timer?.cancel();
    this.gone.clear();
    this.health.clear();
  }

  private tick(): void {
    this.timer = this.collaborators.clock.setTimer(INTERVAL_MS, () => this.tick());
    void this.work();
  }

  private async work(): Promise<void> {
    if (this.working) return;
    this.working = true;
    try {
      for (let changes = this.next(); changes; changes = this.next()) {
        if (!(await this.change(changes))) break;
      }
    } finally {
      this.working = false;
    }
  }

  private next(): readonly MembershipChange[] | undefined {
    if (!this.leading) return undefined;
    const status = this.control.status();
    const servers = this.members.servers();
    this.health.observe(status, servers);
    return nextChange(status, servers, this.gone, (id) => this.health.isStable(id));
  }

  private async change(changes: readonly MembershipChange[]): Promise<boolean> {
    const { logger } = this.collaborators;
    logger.info('changing the Raft configuration', { changes });
    const outcome = await this.control.changeMembership(changes);
    if (outcome.kind === 'changed') return true;
    const reason = 'reason' in outcome ? outcome.reason : outcome.kind;
    logger.warn('the Raft configuration was not changed', { changes, reason });
    return false;
  }
}

/** The next single step from the configuration that is to the one that should be; undefined when they agree. */
export function nextChange(
  status: NodeStatus,
  servers: readonly GossipServer[],
  gone: ReadonlySet<string>,
  isStable: (id: string) => boolean,
): readonly MembershipChange[] | undefined {
  const { peers } = status;
  const alive = servers.filter((server) => server.status === 'alive');
  const isAlive = (id: string): boolean => alive.some((server) => server.id === id);

  for (const { id, rpcAddress: address } of alive) {
    const peer = peers.find((candidate) => candidate.id === id);
    const server = { id, address };
    // The same address under another id is a server that lost its disk: the old identity can never return (R13).
    const ghosts = peers.filter(
      (candidate) => candidate.id !== id && candidate.address === address && !isAlive(candidate.id),
    );
    const removals = ghosts.map((ghost) => ({ kind: 'remove', id: ghost.id }) as const);
    if (!peer) return [...removals, { kind: 'addLearner', server }];
    if (removals.length > 0) return removals;
    if (peer.address !== address) return [{ kind: peer.suffrage === 'voter' ? 'addVoter' : 'addLearner', server }];
  }
  const left = peers.find(({ id }) => id !== status.id && !isAlive(id) && hasLeft(id, servers, gone));
  if (left) return [{ kind: 'remove', id: left.id }];
  const ready = peers.find(({ id, suffrage }) => suffrage === 'learner' && isAlive(id) && isStable(id));
  return ready && [{ kind: 'promote', id: ready.id }];
}

function hasLeft(id: string, servers: readonly GossipServer[], gone: ReadonlySet<string>): boolean {
  return gone.has(id) || servers.some((server) => server.id === id && server.status === 'left');
}
