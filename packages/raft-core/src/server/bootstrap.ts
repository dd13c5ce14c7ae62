import type { Clock, Logger, Timer } from '@tribune/platform';
import { messageOf } from '@tribune/platform';
import type { LeaderStatus } from '@tribune/protocol';
import type { Server } from '../core/message';
import type { NodeStatus } from '../node/outcomes';
import type { GossipServer, LanMembers } from './lan-members';

/** What founding a group needs of consensus. */
export interface BootstrapTarget {
  status(): Pick<NodeStatus, 'hasConfiguration'>;
  bootstrap(servers: readonly Server[]): Promise<void>;
}

export interface BootstrapCollaborators {
  readonly target: BootstrapTarget;
  readonly members: LanMembers;
  /** Asks another server by its address. */
  readonly statusOf: (address: string) => Promise<Pick<LeaderStatus, 'peers'>>;
  readonly clock: Clock;
  readonly logger: Logger;
}

const RETRY_MS = 250;

/** What the servers that gossip shows mean for founding. */
export type Gathering =
  | { readonly kind: 'waiting'; readonly reason: string }
  | { readonly kind: 'conflict'; readonly reason: string }
  | { readonly kind: 'complete'; readonly servers: readonly Server[] };

/** All of `expect` servers have met. More may have come early: they are founders too. */
export function gather(servers: readonly GossipServer[], expect: number): Gathering {
  const alive = servers.filter(({ status }) => status === 'alive');
  const founder = alive.find(({ bootstrap }) => bootstrap);
  if (founder) return { kind: 'conflict', reason: `${founder.name} founds the datacenter alone (bootstrap mode)` };
  const expecting = alive.filter(({ bootstrapExpect }) => bootstrapExpect > 0);
  const other = expecting.find(({ bootstrapExpect }) => bootstrapExpect !== expect);
  if (other)
    return { kind: 'conflict', reason: `${other.name} expects ${other.bootstrapExpect} servers, this one ${expect}` };
  if (expecting.length < expect)
    return { kind: 'waiting', reason: `${expecting.length} of ${expect} servers have met` };
  const founders = expecting.map(({ id, rpcAddress }) => ({ id, address: rpcAddress }));
  return { kind: 'complete', servers: founders.sort((a, b) => (a.id < b.id ? -1 : 1)) };
}

/**
 * Founds the group by `bootstrap_expect`: once enough servers have met, each asks the others whether any of them has
 * a configuration. If none has, the one with the smallest id writes the first configuration, and the others receive it
 * from it: with a single author per meeting, servers that see different meetings cannot found two groups side by side
 * unless not even their smallest ids agree.
 */
export class ExpectBootstrap {
  private timer: Timer | undefined;
  private unfollow: (() => void) | undefined;
  private working = false;
  private lastReason = '';

  constructor(
    private readonly options: { readonly id: string; readonly expect: number },
    private readonly collaborators: BootstrapCollaborators,
  ) {}

  start(): void {
    this.unfollow = this.collaborators.members.follow(() => void this.work());
    this.tick();
  }

  stop(): void {
    this.unfollow?.();
    this.timer?.cancel();
  }

  private tick(): void {
    this.timer = this.collaborators.clock.setTimer(RETRY_MS, () => this.tick());
    void this.work();
  }

  private async work(): Promise<void> {
    if (this.working) return;
    this.working = true;
    try {
      const { target, members } = this.collaborators;
      if (target.status().hasConfiguration) return this.stop();
      const gathering = gather(members.servers(), this.options.expect);
      if (gathering.kind !== 'complete') return this.note(gathering.reason, gathering.kind === 'conflict');
      if (gathering.servers[0]!.id !== this.options.id)
        return this.note('another server writes the configuration', false);
      if (await this.isNew(gathering.servers)) await this.found(gathering.servers);
    } catch (error) {
      // One of them is still starting, or unreachable: nobody founds anything without its word.
      this.note(messageOf(error), false);
    } finally {
      this.working = false;
    }
  }

  private async isNew(servers: readonly Server[]): Promise<boolean> {
    const others = servers.filter(({ id }) => id !== this.options.id);
    const answers = await Promise.all(others.map(({ address }) => this.collaborators.statusOf(address)));
    if (answers.every(({ peers }) => peers.length === 0)) return true;
    this.note('an existing datacenter answers: waiting for its leader', false);
    return false;
  }

  private async found(servers: readonly Server[]): Promise<void> {
    if (this.collaborators.target.status().hasConfiguration) return;
    this.collaborators.logger.info('founding the datacenter', { servers });
    await this.collaborators.target.bootstrap(servers);
    this.stop();
  }

  // Once per reason, not twice a second.
  private note(reason: string, isProblem: boolean): void {
    if (reason === this.lastReason) return;
    this.lastReason = reason;
    if (isProblem) this.collaborators.logger.error('the datacenter cannot be founded', { reason });
    else this.collaborators.logger.info('the datacenter is not founded yet', { reason });
  }
}
