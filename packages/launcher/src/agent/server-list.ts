import { messageOf, shuffle, sleep, type Clock, type Logger, type Random } from '@tribune/platform';
import { serverOf, type Member, type MembershipApi, type MembershipEvent } from '@tribune/protocol';

/** Pause before the membership is watched again after it went away. */
const RETRY_MS = 500;

/** The server RPC addresses of this datacenter, as gossip knows them; a client agent dials them in this order. */
export class ServerList {
  private readonly byName = new Map<string, string>();
  private order: readonly string[] = [];
  private readonly stopping = new AbortController();

  constructor(
    private readonly datacenter: string,
    private readonly collaborators: {
      readonly membership: MembershipApi;
      readonly clock: Clock;
      readonly random: Random;
      readonly logger: Logger;
    },
  ) {}

  /** Each agent has an order of its own, so that the servers share the load. */
  addresses(): readonly string[] {
    return this.order;
  }

  start(): void {
    void this.follow();
  }

  stop(): void {
    this.stopping.abort();
  }

  private async follow(): Promise<void> {
    const { membership, clock, logger } = this.collaborators;
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        for await (const event of membership.watch(signal)) this.take(event);
      } catch (error) {
        logger.debug('membership went away', { reason: messageOf(error) });
      }
      await sleep(clock, RETRY_MS, signal);
    }
  }

  private take(event: MembershipEvent): void {
    if (event.kind === 'userEvent' || event.pool !== 'lan') return;
    if (event.kind === 'snapshot') {
      this.byName.clear();
      for (const member of event.members) this.put(member);
    } else if (event.kind === 'reap' || event.kind === 'leave') this.byName.delete(event.member.name);
    else this.put(event.member);
    this.reorder();
  }

  private put(member: Member): void {
    const server = serverOf(member);
    const isOurs = server !== undefined && server.datacenter === this.datacenter && member.status === 'alive';
    if (isOurs) this.byName.set(member.name, server.rpcAddress);
    else this.byName.delete(member.name);
  }

  /** Known servers keep their places, new ones come behind them in random order. */
  private reorder(): void {
    const now = new Set(this.byName.values());
    const kept = this.order.filter((address) => now.has(address));
    const added = shuffle(
      [...now].filter((address) => !kept.includes(address)),
      this.collaborators.random,
    );
    this.order = [...kept, ...added];
  }
}
