import { shuffle, type Random } from '@tribune/platform';
import type { SimNetwork } from '../world/sim-network';
import type { SimServer } from '../world/sim-server';
import type { Profile } from './profiles';

const DAMAGED_ENTRIES_MAX = 12;
const HOUR_MS = 3_600_000;

/** Whatever goes wrong, by chance. */
export class Troubles {
  /** Changes of members that went through. */
  changes = 0;

  constructor(
    private readonly profile: Profile,
    private readonly servers: readonly SimServer[],
    private readonly network: SimNetwork,
    private readonly random: Random,
    /** A server ended although nothing was wrong with its disk: a broken invariant of its own. */
    private readonly onSelfInflicted: (what: string) => void,
  ) {}

  step(): void {
    const { profile } = this;
    this.lookForFailures();
    if (this.chance(profile.partition)) this.partition();
    if (this.chance(profile.heal)) this.network.healAll();
    for (const server of this.servers) {
      if (!server.isOn) this.maybeRestart(server);
      else if (server.failure) server.crash();
      else this.trouble(server);
    }
    if (this.chance(profile.membership)) this.changeMembers();
  }

  /** Everything that was broken is repaired. */
  end(): void {
    this.lookForFailures();
    this.network.isCalm = true;
    this.network.healAll();
    this.network.faults = { loss: 0, duplicate: 0, delayMsMax: 2 };
    for (const server of this.servers) {
      server.disk.freeBytes = Infinity;
      if (server.disk.failure || server.failure) server.crash();
      server.disk.failure = undefined;
      if (!server.isOn) void server.start();
    }
  }

  /** Everything is repaired, except that a minority of the first `members` stays without power. */
  endForMajority(members: number): void {
    this.end();
    const down = shuffle(this.servers.slice(0, members), this.random).slice(0, Math.floor((members - 1) / 2));
    for (const server of down) server.crash();
  }

  /** Before those who ended start again and nothing is known of it any more. */
  private lookForFailures(): void {
    for (const { id, failure, disk } of this.servers)
      if (failure && failure !== disk.failure) this.onSelfInflicted(`${id} ended by itself: ${failure.message}`);
  }

  private trouble(server: SimServer): void {
    const { profile, random } = this;
    if (this.chance(profile.crash)) server.crash();
    else if (this.chance(profile.pause)) server.clock!.pause(random.next() * profile.pauseMsMax);
    else if (this.chance(profile.failingDisk)) server.disk.failure = new Error('input/output error');
    else if (this.chance(profile.fullDisk)) server.disk.freeBytes = server.disk.freeBytes === 0 ? Infinity : 0;
    else if (this.chance(profile.reset)) this.network.resetConnections(server.id);
    else if (this.chance(profile.wallJump)) server.clock!.jump(this.chance(0.5) ? HOUR_MS : -HOUR_MS);
    else if (this.chance(profile.transfer)) void server.node?.transferLeadership();
  }

  private maybeRestart(server: SimServer): void {
    if (!this.chance(this.profile.restart)) return;
    server.disk.failure = undefined;
    // What one server has lost the others must still have: one at a time.
    const isOnlyOne = this.servers.every((other) => other === server || other.disk.distrustedUpTo === 0);
    if (isOnlyOne && this.chance(this.profile.rot)) server.damage(1 + this.random.integer(DAMAGED_ENTRIES_MAX));
    void server.start();
  }

  /** Two sides that hear each other no more, or here and there in one direction. Half of the time it is the leader that loses. */
  private partition(): void {
    this.network.healAll();
    const side = new Set(this.chance(0.5) ? this.leaderSide() : this.servers.filter(() => this.chance(0.5)));
    const share = this.chance(0.6) ? 1 : 0.8;
    for (const from of this.servers) {
      for (const to of this.servers) {
        if (side.has(from) !== side.has(to) && this.chance(share)) this.network.cut(from.id, to.id);
      }
    }
  }

  /** A leader, in larger groups with one companion: no majority. */
  private leaderSide(): readonly SimServer[] {
    const { servers, random } = this;
    const leader = servers.find(({ core }) => core?.role === 'leader');
    if (!leader) return [];
    return servers.length > 3 ? [leader, servers[random.integer(servers.length)]!] : [leader];
  }

  private changeMembers(): void {
    const { servers, random } = this;
    const one = servers[random.integer(servers.length)]!;
    const other = servers[random.integer(servers.length)]!;
    const third = servers[random.integer(servers.length)]!;
    const server = { id: one.id, address: one.id };
    const changes = [
      [{ kind: 'addLearner', server }],
      [{ kind: 'promote', id: one.id }],
      [{ kind: 'remove', id: one.id }],
      [
        { kind: 'addVoter', server },
        { kind: 'remove', id: other.id },
      ],
      [
        { kind: 'addVoter', server },
        { kind: 'addVoter', server: { id: third.id, address: third.id } },
        { kind: 'remove', id: other.id },
      ],
      [{ kind: 'demote', id: one.id }],
      [{ kind: 'addVoter', server }],
    ] as const;
    const change = changes[random.integer(changes.length)]!;
    for (const { id, node, core } of servers) {
      if (core?.role !== 'leader') continue;
      const removal = this.chance(0.2) ? ([{ kind: 'remove', id }] as const) : change;
      void node!.changeMembership(removal).then(({ kind }) => kind === 'changed' && this.changes++);
      if (this.profile.split > 0 && this.chance(this.profile.split)) this.separate(new Set([id, one.id, third.id]));
    }
  }

  private separate(side: ReadonlySet<string>): void {
    for (const { id: from } of this.servers) {
      for (const { id: to } of this.servers) if (side.has(from) !== side.has(to)) this.network.cut(from, to);
    }
  }

  private chance(probability: number): boolean {
    return this.random.next() < probability;
  }
}
