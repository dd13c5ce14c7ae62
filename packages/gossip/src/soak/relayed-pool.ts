import { Metrics, seededRandom, silentLogger, systemClock, systemRandom } from '@tribune/platform';
import type { ProfileName } from '../config/profiles';
import { Gossip } from '../node/gossip';
import { LossyRelay } from './lossy-relay';

export interface RelayedPoolOptions {
  readonly agents: number;
  readonly profile: ProfileName;
  readonly encryptKey?: string;
}

/** Agents in this process with real sockets, each behind a relay that can lose its packets. */
export class RelayedPool {
  /** Everything that any agent said about any member after all had joined. */
  readonly changes: string[] = [];
  private readonly watching = new AbortController();

  private constructor(
    readonly agents: readonly Gossip[],
    readonly relays: readonly LossyRelay[],
  ) {}

  static async open({ agents: count, profile, encryptKey }: RelayedPoolOptions): Promise<RelayedPool> {
    const random = seededRandom(1);
    const relays = await Promise.all(Array.from({ length: count }, () => LossyRelay.open(() => random.next())));
    const ports = { clock: systemClock, random: systemRandom, logger: silentLogger };
    const agents = relays.map(({ port: advertisePort }, i) => {
      const lan = { port: 0, advertisePort, profile };
      const options = { name: `n${i}`, datacenter: 'dc1', bindAddress: '127.0.0.1', tags: {}, lan };
      return new Gossip({ ...options, ...(encryptKey && { encryptKey }) }, { ...ports, metrics: new Metrics() });
    });
    const pool = new RelayedPool(agents, relays);
    for (const [i, agent] of agents.entries()) {
      await agent.start();
      relays[i]!.relayTo(agent.port('lan')!);
    }
    for (const agent of agents.slice(1)) await agent.join('lan', [`127.0.0.1:${relays[0]!.port}`]);
    await Promise.all(agents.map((agent) => pool.untilComplete(agent)));
    for (const agent of agents) void pool.follow(agent);
    return pool;
  }

  set loss(share: number) {
    for (const relay of this.relays) relay.loss = share;
  }

  get lost(): number {
    return this.relays.reduce((sum, { lost }) => sum + lost, 0);
  }

  async close(): Promise<void> {
    this.watching.abort();
    await Promise.all(this.agents.map((agent) => agent.stop()));
    await Promise.all(this.relays.map((relay) => relay.close()));
  }

  private async untilComplete(agent: Gossip): Promise<void> {
    const abort = new AbortController();
    for await (const { kind } of agent.watch(abort.signal)) {
      if (kind === 'userEvent') continue;
      const members = await agent.members('lan');
      if (members.length === this.agents.length) abort.abort();
    }
  }

  private async follow(agent: Gossip): Promise<void> {
    for await (const event of agent.watch(this.watching.signal)) {
      if (event.kind !== 'snapshot' && event.kind !== 'userEvent')
        this.changes.push(`${event.kind} ${event.member.name}`);
    }
  }
}
