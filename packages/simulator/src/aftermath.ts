import { encodeCommand } from '@tribune/state-store';
import { Client, KEYS, NODE, type ClientWorld } from './workload/client';
import type { SimServer } from './world/sim-server';
import type { VirtualClock } from './world/virtual-clock';

const STEP_MS = 50;
const HEAL_MS = 15_000;
const JUDGE = -1;

/** Once the faults have ended: everything must go on, and everybody must hold the same. */
export class Aftermath {
  /** Servers whose states differ although they applied the same. */
  difference: string | undefined;
  private readonly reader: Client;
  private readonly healMs: number;

  constructor(private readonly world: ClientWorld & { readonly clock: VirtualClock }) {
    this.healMs = HEAL_MS * world.profile.pace;
    this.reader = new Client(JUDGE, world);
  }

  /** Sessions need a node. Before the troubles begin. */
  registerNode(): Promise<boolean> {
    return this.writeOnce();
  }

  /** One write at one server, which may not be the leader. */
  async write({ node }: SimServer): Promise<boolean> {
    return (await node?.propose(REGISTER))?.kind === 'applied';
  }

  /** A majority is enough, whatever became of the others. */
  majorityGoesOn(): Promise<boolean> {
    return this.writeOnce();
  }

  /** Liveness: a write goes through, every member comes level, and every key can be read. */
  async goesOn(): Promise<boolean> {
    if (!(await this.writeOnce())) return false;
    for (let waited = 0; !this.isLevel(); waited += STEP_MS) {
      if (waited > this.healMs) return false;
      await this.world.clock.elapse(STEP_MS);
    }
    this.compareStates();
    return (await this.readEverything()) && this.locksComeFree();
  }

  /** Nobody renews any more: every session ends, and every lock delay after it. */
  private async locksComeFree(): Promise<boolean> {
    const { profile, clock } = this.world;
    const { ttlMs, lockDelayMs } = profile;
    if (ttlMs === 0) return true;
    const longestMs = 2 * ttlMs + lockDelayMs + this.healMs;
    for (let waited = 0; waited < longestMs; waited += STEP_MS) {
      const [server] = this.members();
      if (server?.machine!.isFreeOfLocks) return true;
      await clock.elapse(STEP_MS);
    }
    return false;
  }

  picture(): string {
    return this.world.servers
      .map(({ id, node, machine }) => {
        const status = node?.status();
        const members = status?.peers.map((peer) => `${peer.id}${peer.suffrage === 'voter' ? '' : '*'}`).join('');
        return `${id} ${status?.role} t${status?.term} commit ${status?.commitIndex} last ${status?.lastIndex} applied ${machine?.appliedIndex} members ${members}`;
      })
      .join('; ');
  }

  private async writeOnce(): Promise<boolean> {
    const { clock, servers } = this.world;
    let isDone = false;
    for (let waited = 0; waited < this.healMs && !isDone; waited += STEP_MS) {
      for (const server of servers) {
        if (server.core?.role === 'leader') void this.write(server).then((done) => (isDone ||= done));
      }
      await clock.elapse(STEP_MS);
    }
    return isDone;
  }

  private members(): readonly SimServer[] {
    const { servers } = this.world;
    const leaders = servers.filter(({ core }) => core?.role === 'leader').sort((a, b) => b.core!.term - a.core!.term);
    const configuration = leaders[0]?.core!.status().configuration;
    if (!configuration || configuration.outgoing.length > 0) return [];
    const ids = new Set(configuration.voters.map(({ id }) => id));
    return servers.filter(({ id }) => ids.has(id));
  }

  private isLevel(): boolean {
    const indexes = this.members().map(({ core, machine }) => (core ? machine!.appliedIndex : -1));
    return indexes.length > 0 && indexes.every((index) => index === indexes[0]);
  }

  private compareStates(): void {
    const members = this.members();
    const odd = members.find(({ machine }) => machine!.hash() !== members[0]!.machine!.hash());
    if (odd) this.difference = `${odd.id} and ${members[0]!.id} applied the same and hold different states`;
  }

  /** Reads of everything at the end: nothing that was acknowledged may be missing. */
  private async readEverything(): Promise<boolean> {
    for (let key = 0; key < KEYS; key++) {
      let isDone = false;
      for (let waited = 0; waited < this.healMs && !isDone; waited += STEP_MS) {
        const [server] = this.members();
        if (server) void this.reader.read(server, `k${key}`).then((done) => (isDone ||= done));
        await this.world.clock.elapse(STEP_MS);
      }
      if (!isDone) return false;
    }
    return true;
  }
}

const REGISTER = encodeCommand({
  type: 'register',
  node: { id: '', node: NODE, address: '127.0.0.1', datacenter: 'dc1', taggedAddresses: null, meta: null },
  skipNodeUpdate: true,
  checks: [],
});
