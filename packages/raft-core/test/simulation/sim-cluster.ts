import { seededRandom, type Random } from '@tribune/platform';
import type { MembershipChange } from '../../src/core/membership';
import type { Message } from '../../src/core/message';
import { Checkers, Violation } from './checkers';
import type { SimSnapshot } from './sim-disk';
import { SimServer, type ShellBugs } from './sim-server';

/** How often things go wrong, per step of the world. */
export interface Profile {
  readonly servers: number;
  readonly steps: number;
  readonly loss: number;
  readonly duplicate: number;
  readonly delayMax: number;
  readonly crash: number;
  readonly partition: number;
  readonly membership: number;
  readonly snapshot: number;
  readonly transfer: number;
}

export const defaultProfile: Profile = {
  servers: 3,
  steps: 1200,
  loss: 0.03,
  duplicate: 0.03,
  delayMax: 6,
  crash: 0.008,
  partition: 0.008,
  membership: 0.004,
  snapshot: 0.01,
  transfer: 0.003,
};

interface InFlight {
  readonly message: Message;
  readonly snapshot?: SimSnapshot;
  readonly at: number;
}

const SPARES = 2;
const HEAL_STEPS = 600;

/** A whole group in virtual time: one seed, one history. */
export class SimCluster {
  readonly checkers = new Checkers();
  readonly servers = new Map<string, SimServer>();
  private readonly random: Random;
  private readonly cut = new Set<string>();
  private inFlight: InFlight[] = [];
  private now = 0;
  private commands = 0;
  private faultsAreOver = false;

  constructor(
    seed: number,
    private readonly profile: Profile = defaultProfile,
    private readonly bugs: ShellBugs = {},
  ) {
    this.random = seededRandom(seed);
    const ids = Array.from({ length: profile.servers + SPARES }, (_, i) => `s${i + 1}`);
    for (const id of ids) this.servers.set(id, this.newServer(id));
    const voters = ids.slice(0, profile.servers).map((id) => ({ id, address: id }));
    for (const { id } of voters) this.servers.get(id)!.raft!.bootstrap({ voters, outgoing: [], learners: [] });
  }

  /** Safety under faults, then liveness: once everything is healed, everyone gets level and a write goes through. */
  run(): void {
    for (let i = 0; i < this.profile.steps; i++) {
      this.misbehave();
      this.work();
      this.step();
    }
    this.heal();
    for (let i = 0; i < HEAL_STEPS && !this.isLevel(); i++) {
      if (i % 20 === 0) this.work();
      this.step();
    }
    if (!this.isLevel()) throw new Violation(`no progress after the faults ended: ${this.picture()}`);
    const [first] = this.members();
    this.checkers.finish(first!.state);
  }

  picture(): string {
    return [...this.servers.values()]
      .map(({ id, raft }) => {
        if (!raft) return `${id} down`;
        const { role, term, commitIndex, last, configuration } = raft.status();
        const voters = configuration.voters.map((server) => server.id).join('');
        return `${id} ${role} t${term} commit ${commitIndex} last ${last.index} voters ${voters}/${configuration.outgoing.length}`;
      })
      .join('; ');
  }

  private newServer(id: string): SimServer {
    return new SimServer(id, {
      random: this.random,
      checkers: this.checkers,
      bugs: this.bugs,
      config: {
        electionTicks: 10,
        heartbeatTicks: 2,
        appendBytesMax: 400,
        inflightAppendsMax: 3,
        uncommittedBytesMax: 20_000,
        persistBytesMax: 300,
        applyEntriesMax: 5,
        applyBytesMax: 1000,
        cacheBytesMax: 800,
        promotionLagMax: 20,
        diskStallTicks: 15,
      },
      send: (message) => this.send(message),
      sendSnapshot: (from, to, snapshot) => this.sendSnapshot(from, to, snapshot),
      leadershipLost: (server) => server.proposals.clear(),
    });
  }

  private step(): void {
    this.now++;
    const due = this.inFlight.filter((flight) => flight.at <= this.now);
    this.inFlight = this.inFlight.filter((flight) => flight.at > this.now);
    for (const { message, snapshot } of due) {
      if (!this.isCut(message.from, message.to)) this.servers.get(message.to)?.receive(message, snapshot);
    }
    for (const server of this.servers.values()) {
      // Clocks drift: some servers tick more often than others.
      if (this.chance(0.5)) server.raft?.tick();
      server.step();
    }
  }

  private work(): void {
    for (const server of this.servers.values()) {
      if (this.chance(0.15)) server.propose(`c${++this.commands}`);
      if (this.chance(0.1)) server.read();
    }
  }

  private misbehave(): void {
    const { profile, random } = this;
    if (this.chance(profile.partition)) this.partition();
    if (this.chance(profile.partition * 1.5)) this.cut.clear();
    for (const server of this.servers.values()) {
      if (!server.raft) {
        if (this.chance(0.05)) server.start();
      } else if (this.chance(profile.crash)) {
        this.crash(server);
      } else if (this.chance(profile.snapshot)) {
        server.takeSnapshot(random.integer(10));
      } else if (this.chance(profile.transfer)) {
        server.raft.transferLeadership();
      } else if (this.chance(profile.membership)) {
        server.raft.proposeConfChange(this.someChange());
      }
    }
  }

  private crash(server: SimServer): void {
    server.crash();
    for (const other of this.servers.values()) if (this.chance(0.7)) other.raft?.peerClosed(server.id);
  }

  /** Whole halves, or single links in one direction. */
  private partition(): void {
    const ids = [...this.servers.keys()];
    const side = new Set(ids.filter(() => this.chance(0.5)));
    for (const from of ids) {
      for (const to of ids) {
        const crosses = side.has(from) !== side.has(to);
        if (crosses && this.chance(0.8)) this.cut.add(`${from}>${to}`);
      }
    }
  }

  private someChange(): MembershipChange[] {
    const ids = [...this.servers.keys()];
    const id = ids[this.random.integer(ids.length)]!;
    const other = ids[this.random.integer(ids.length)]!;
    const server = { id, address: id };
    switch (this.random.integer(5)) {
      case 0:
        return [{ kind: 'addLearner', server }];
      case 1:
        return [{ kind: 'promote', id }];
      case 2:
        return [{ kind: 'remove', id }];
      case 3:
        return [
          { kind: 'addVoter', server },
          { kind: 'remove', id: other },
        ];
      default:
        return [{ kind: 'demote', id }];
    }
  }

  private heal(): void {
    this.faultsAreOver = true;
    this.cut.clear();
    for (const server of this.servers.values()) if (!server.raft) server.start();
  }

  /** Members of the newest committed configuration that live. */
  private members(): SimServer[] {
    const leader = [...this.servers.values()]
      .filter((server) => server.raft?.role === 'leader')
      .sort((a, b) => b.raft!.term - a.raft!.term)[0];
    if (!leader) return [];
    const { voters } = leader.raft!.status().configuration;
    return voters.map(({ id }) => this.servers.get(id)!);
  }

  private isLevel(): boolean {
    const members = this.members();
    const states = members.map(({ raft }) => raft!.status());
    const leader = states.find((status) => status.role === 'leader');
    if (!leader?.isEstablished || leader.configuration.outgoing.length > 0) return false;
    return states.every((status) => status.appliedIndex === leader.last.index && status.leaderId === leader.id);
  }

  private send(message: Message, snapshot?: SimSnapshot): void {
    const { loss, duplicate, delayMax } = this.profile;
    if (!this.faultsAreOver && this.chance(loss)) return;
    const at = (): number => this.now + 1 + this.random.integer(this.faultsAreOver ? 2 : delayMax);
    this.inFlight.push({ message, snapshot, at: at() });
    if (!this.faultsAreOver && this.chance(duplicate)) this.inFlight.push({ message, snapshot, at: at() });
  }

  private sendSnapshot(from: SimServer, to: string, snapshot: SimSnapshot): void {
    const { raft, id } = from;
    this.send({ type: 'installSnapshot', from: id, to, term: raft!.term, snapshot: snapshot.meta }, snapshot);
    raft!.snapshotSent(to, this.chance(0.8) ? snapshot.meta.index : undefined);
  }

  private isCut(from: string, to: string): boolean {
    return this.cut.has(`${from}>${to}`);
  }

  private chance(probability: number): boolean {
    return this.random.next() < probability;
  }
}
