import { messageOf, type Timer } from '@tribune/platform';
import type { NodeStatus } from '../node/outcomes';
import type { GossipServer, LanMembers } from '../server/lan-members';
import type { AutopilotSettings } from './autopilot-settings';
import type { Duty, DutyCollaborators } from './duty';

/** Consul's autopilot interval. */
const INTERVAL_MS = 10_000;

/** Failed servers to forget; none when that would touch half of the voters or leave fewer than the operator wants. */
export function deadServers(
  { peers, id: own }: Pick<NodeStatus, 'peers' | 'id'>,
  servers: readonly GossipServer[],
  { cleanupDeadServers, minQuorum }: AutopilotSettings,
): readonly GossipServer[] {
  if (!cleanupDeadServers) return [];
  const voters = peers.filter(({ suffrage }) => suffrage === 'voter').length;
  const isPeer = (id: string): boolean => id !== own && peers.some((peer) => peer.id === id);
  // The same server may stand there twice, under an old name.
  const isBack = (id: string): boolean => servers.some((server) => server.id === id && server.status === 'alive');
  const failed = servers.filter(({ id, status }) => status === 'failed' && isPeer(id) && !isBack(id));
  return voters - failed.length >= minQuorum && failed.length < Math.floor(voters / 2) ? failed : [];
}

/**
 * Forgets servers that failed, so that they do not count against the quorum when others take their place. It only tells
 * gossip that they have left; what follows from that for Raft and the catalog is other duties' work.
 */
export class CleanUpDeadServers implements Duty {
  readonly name = 'clean-up-dead-servers';
  private timer: Timer | undefined;

  constructor(
    private readonly control: { status(): NodeStatus },
    private readonly members: LanMembers,
    private readonly settings: () => AutopilotSettings,
    private readonly collaborators: Pick<DutyCollaborators, 'clock' | 'logger'> & {
      readonly forceLeave: (name: string) => Promise<unknown>;
    },
  ) {}

  begin(): void {
    this.timer = this.collaborators.clock.setTimer(INTERVAL_MS, () => {
      void this.work();
      this.begin();
    });
  }

  end(): void {
    this.timer?.cancel();
  }

  private async work(): Promise<void> {
    const { forceLeave, logger } = this.collaborators;
    for (const { name, id } of deadServers(this.control.status(), this.members.servers(), this.settings())) {
      logger.warn('removing a dead server', { node: name, id });
      // The next round comes back to it.
      await forceLeave(name).catch((error: unknown) =>
        logger.warn('a dead server could not be removed', { node: name, reason: messageOf(error) }),
      );
    }
  }
}
