import { shuffle, type Clock, type Random } from '@tribune/platform';
import type { Message } from '@tribune/raft-core';
import type { SimNetwork } from '../world/sim-network';
import type { SimServer } from '../world/sim-server';

/** How long a leader lives that is not struck before. Long enough for its first entry, mostly too short for more. */
const REIGN_MS_MAX = 150;
/** From the moment that nobody hears it any more. */
const FALL_MS_MAX = 3;
const HEARERS_MAX = 2;

/**
 * Figure 8 of the Raft paper, over and over: leaders reach few, fall soon, and come back when the next one falls, so that
 * entries of several terms stand on minorities. Who brings an entry of an earlier term to a majority falls in that moment,
 * before one of its own term follows: whether such an entry counts as committed decides what happens then.
 */
export class Figure8 {
  private away: SimServer | undefined;
  private leader: SimServer | undefined;

  constructor(
    private readonly servers: readonly SimServer[],
    private readonly network: SimNetwork,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {
    for (const server of servers) server.onElected = () => this.elected(server);
    network.beforeDelivery = (message) => this.arrives(message);
  }

  private elected(leader: SimServer): void {
    if (this.network.isCalm) return;
    this.network.healAll();
    this.leader = leader;
    const others = this.servers.filter((server) => server !== leader && server.isOn);
    for (const deaf of shuffle(others, this.random).slice(this.random.integer(HEARERS_MAX + 1)))
      this.network.cut(leader.id, deaf.id);
    this.clock.setTimer(this.random.next() * REIGN_MS_MAX, () => this.strike(leader));
  }

  /** Gives back what is to be done once the message was taken in. */
  private arrives(message: Message): (() => void) | undefined {
    const { leader } = this;
    if (message.type !== 'appendAccepted' || !leader?.core || message.to !== leader.id) return undefined;
    const { commitIndex } = leader.core;
    return () => this.isOnMajority(leader, commitIndex) && this.strike(leader);
  }

  /** Something of an earlier term that was not committed before. */
  private isOnMajority({ core }: SimServer, committed: number): boolean {
    const { followers, stableIndex, term } = core!.status();
    const held = [stableIndex, ...[...followers.values()].map(({ matchIndex }) => matchIndex)].sort((a, b) => b - a);
    const index = held[Math.floor(this.servers.length / 2)]!;
    return index > committed && core!.termAt(index)! < term;
  }

  private strike(leader: SimServer): void {
    if (this.leader !== leader || this.network.isCalm) return;
    this.leader = undefined;
    for (const { id } of this.servers) this.network.cut(leader.id, id);
    this.clock.setTimer(this.random.next() * FALL_MS_MAX, () => this.fall(leader));
  }

  /** The one that fell before comes back. */
  private fall(leader: SimServer): void {
    if (this.network.isCalm) return;
    if (leader.isOn) leader.crash();
    if (this.away && !this.away.isOn) void this.away.start();
    this.away = leader;
  }
}
