import { seededRandom } from '@tribune/platform';
import type { RaftConfig } from '../../src/core/config';
import { encodeConfiguration } from '../../src/core/configuration-codec';
import type { MembershipChange } from '../../src/core/membership';
import type { Entry, HardState, Message } from '../../src/core/message';
import { Raft } from '../../src/core/raft';
import type { Persist } from '../../src/core/ready';
import { SimDisk } from '../simulation/sim-disk';
import { printFact, printMessage, printServer } from './print';
import { stall, TICK_MS } from './stalling-loop';

const CONFIG: Omit<RaftConfig, 'id'> = {
  electionTicks: 10,
  heartbeatTicks: 2,
  // One entry per append.
  appendBytesMax: 100,
  inflightAppendsMax: 2,
  uncommittedBytesMax: 2000,
  persistBytesMax: 1e6,
  applyEntriesMax: 100,
  applyBytesMax: 1e6,
  cacheBytesMax: 1e6,
  promotionLagMax: 3,
  diskStallTicks: 8,
};

interface Server {
  readonly id: string;
  readonly disk: SimDisk;
  raft: Raft | undefined;
  state: string[];
  /** Writes begun; with a slow disk they wait for `sync`. */
  writes: Persist[];
  isSlow: boolean;
  /** Its loop has used up its turn: the core takes requests and messages, but nothing that it asks for is done. */
  isBusy: boolean;
  /** Its monotonic clock. */
  nowMs: number;
  reads: number;
}

/** Servers under full control: nothing is delivered, ticked or synced unless a line of the scenario says so. */
export class ScenarioWorld {
  private readonly servers = new Map<string, Server>();
  private readonly cuts = new Set<string>();
  private inFlight: Message[] = [];
  private out: string[] = [];
  private joiners = 0;
  private leaseMs = 0;

  /** Executes one line and returns what it printed. */
  execute(line: string): string[] {
    this.out = [];
    const [verb, ...words] = line.split(/\s+/) as [string, ...string[]];
    const command = this.commands[verb];
    if (!command) throw new Error(`unknown command: ${line}`);
    command(words);
    return this.out;
  }

  private readonly commands: Record<string, (words: string[]) => void> = {
    servers: (ids) => {
      for (const id of ids) this.create(id).raft!.bootstrap(this.configurationOf(ids));
      for (const id of ids) this.work(this.at(id));
    },
    // A server without a log, as it starts before it is added.
    join: (ids) => ids.forEach((id) => this.create(id)),
    // For servers that start from here on.
    leases: ([ms]) => void (this.leaseMs = Number(ms)),
    // log 1 of 1 2 3: 1 1 4 4 → server 1 of the group 1 2 3 holds entries with these terms; it may know a later term
    // (term=5) and have voted in it (vote=2).
    log: (words) => {
      const colon = words.findIndex((word) => word.endsWith(':'));
      const group = words.slice(words.indexOf('of') + 1, colon + 1).map((word) => word.replace(':', ''));
      const option = (name: string): string | undefined =>
        words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
      const terms = words.slice(colon + 1).map(Number);
      const term = Number(option('term') ?? Math.max(...terms));
      this.createWithLog(words[0]!, group, terms, { term, votedFor: option('vote') });
    },
    tick: ([id, count]) => this.each(id!, Number(count ?? 1), (raft) => raft.tick()),
    // Ticks one server until it stands for election.
    timeout: ([id]) => {
      const server = this.at(id!);
      for (let i = 0; i < 20 && server.raft!.role === 'follower'; i++) server.raft!.tick();
      this.work(server);
    },
    // The event loop of 2 stands still for 60 ticks; then it does what production does: stall 2 60
    stall: ([id, ticks]) => {
      const server = this.at(id!);
      const act = (input: () => void): void => {
        server.raft!.timeIs(server.nowMs);
        input();
        this.work(server);
      };
      stall(
        server,
        Number(ticks),
        () => act(() => this.deliverTo(id!)),
        () => act(() => server.raft!.tick()),
      );
    },
    // The clock of 2 leaps ahead by 60 ms, while nothing stands still: jump 2 60
    jump: ([id, ms]) => void (this.at(id!).nowMs += Number(ms)),
    // A command may be long: x*900 is 900 times x.
    propose: ([id, ...commands]) => {
      const result = this.at(id!).raft!.propose(commands.map((command) => Buffer.from(unfold(command))));
      this.print(result.kind === 'accepted' ? `accepted at ${result.firstIndex}` : printRefusal(result));
      this.work(this.at(id!));
    },
    read: ([id]) => {
      const server = this.at(id!);
      server.raft!.timeIs(server.nowMs);
      const result = server.raft!.readIndex(++server.reads);
      this.print(
        result.kind === 'confirmed' ? `read confirmed at ${result.index}` : `read ${server.reads} ${result.kind}`,
      );
      this.work(server);
    },
    transfer: ([id, target]) => {
      const result = this.at(id!).raft!.transferLeadership(target);
      this.print(result.kind === 'started' ? `transfer to ${result.target} started` : printRefusal(result));
      this.work(this.at(id!));
    },
    change: ([id, ...words]) => {
      const result = this.at(id!).raft!.proposeConfChange(parseChanges(words));
      this.print(result.kind === 'accepted' ? `accepted at ${result.index}` : printRefusal(result));
      this.work(this.at(id!));
    },
    // Delivers what is in flight now; drop=2->3 loses some of it, only=1->2 keeps the rest in flight, first=1->2 takes
    // one message only.
    deliver: (words) => {
      const drops = words.filter((word) => word.startsWith('drop=')).map((word) => word.slice(5));
      const only = words.filter((word) => word.startsWith('only=')).map((word) => word.slice(5));
      const first = words.find((word) => word.startsWith('first='))?.slice(6);
      const path = (message: Message): string => `${message.from}->${message.to}`;
      const one = this.inFlight.find((message) => path(message) === first);
      const due = one ? [one] : this.inFlight.filter((message) => only.length === 0 || only.includes(path(message)));
      this.inFlight = this.inFlight.filter((message) => !due.includes(message));
      for (const message of due) this.deliver(message, drops.includes(path(message)));
    },
    stabilize: () => this.stabilize(),
    quietly: () => {
      this.stabilize();
      this.out = [];
    },
    cut: (pairs) => pairs.forEach((pair) => this.cuts.add(pair)),
    isolate: ([id]) => {
      for (const other of this.servers.keys()) {
        this.cuts.add(`${id}->${other}`);
        this.cuts.add(`${other}->${id}`);
      }
    },
    heal: () => this.cuts.clear(),
    crash: ([id]) => {
      const server = this.at(id!);
      server.raft = undefined;
      server.writes = [];
      this.inFlight = this.inFlight.filter((message) => message.from !== id);
    },
    restart: ([id]) => this.boot(this.at(id!)),
    closed: ([id, peer]) => {
      this.at(id!).raft!.peerClosed(peer!);
      this.work(this.at(id!));
    },
    slow: ([id]) => void (this.at(id!).isSlow = true),
    // Everything begun on the disk becomes durable, and the disk is fast again.
    sync: ([id]) => {
      const server = this.at(id!);
      server.isSlow = false;
      this.sync(server);
      this.work(server);
    },
    // Until `idle`, what the core asks for waits.
    busy: ([id]) => void (this.at(id!).isBusy = true),
    idle: ([id]) => {
      const server = this.at(id!);
      server.isBusy = false;
      this.work(server);
    },
    // snapshot 1 keep=2
    snapshot: ([id, keep]) => {
      const server = this.at(id!);
      const index = server.raft!.appliedIndex;
      const meta = { index, term: server.raft!.termAt(index)!, configuration: server.raft!.configurationAt(index) };
      server.disk.snapshot = { meta, state: [...server.state] };
      server.raft!.compact(index - Number(keep?.split('=')[1] ?? 0));
      this.work(server);
      this.print(`snapshot at ${index}, log begins behind ${server.raft!.status().base.index}`);
    },
    'snapshot-lost': ([id, to]) => {
      this.inFlight = this.inFlight.filter((message) => message.type !== 'installSnapshot' || message.to !== to);
      this.at(id!).raft!.snapshotSent(to!, undefined);
      this.work(this.at(id!));
    },
    status: (ids) => {
      const shown = ids.length > 0 ? ids : [...this.servers.keys()];
      for (const id of shown) this.print(printServer(id, this.at(id).raft, this.at(id).state));
    },
  };

  private create(id: string): Server {
    const server: Server = {
      id,
      disk: new SimDisk({}),
      raft: undefined,
      state: [],
      writes: [],
      isSlow: false,
      isBusy: false,
      nowMs: 0,
      reads: 0,
    };
    this.servers.set(id, server);
    this.boot(server);
    return server;
  }

  private createWithLog(id: string, group: readonly string[], terms: readonly number[], hardState: HardState): void {
    const server = this.create(id);
    const entries: Entry[] = terms.map((term, i) => ({
      index: i + 1,
      term,
      kind: i === 0 ? 'configuration' : 'command',
      data: i === 0 ? encodeConfiguration(this.configurationOf(group)) : Buffer.from(`${i + 1}/${term}`),
    }));
    server.disk.write({ hardState, entries, thenSend: [] });
    this.boot(server);
  }

  private boot(server: Server): void {
    server.state = [...(server.disk.snapshot?.state ?? [])];
    // Every server gets its own seed, so that adding one does not change the others.
    const random = seededRandom(Number(server.id.replace(/\D/g, '')) + this.joiners++);
    server.raft = new Raft({ ...CONFIG, id: server.id, leaseMs: this.leaseMs }, server.disk.restore(), random);
  }

  private configurationOf(ids: readonly string[]) {
    return { voters: ids.map((id) => ({ id, address: id })), outgoing: [], learners: [] };
  }

  private at(id: string): Server {
    const server = this.servers.get(id);
    if (!server) throw new Error(`no server ${id}`);
    return server;
  }

  private each(id: string, count: number, act: (raft: Raft) => void): void {
    for (let i = 0; i < count; i++) {
      for (const server of id === 'all' ? this.servers.values() : [this.at(id)]) {
        if (!server.raft) continue;
        server.nowMs += TICK_MS;
        server.raft.timeIs(server.nowMs);
        act(server.raft);
        this.work(server);
      }
    }
  }

  private stabilize(): void {
    for (let round = 0; this.inFlight.length > 0; round++) {
      if (round > 200) throw new Error('it never gets quiet');
      for (const message of this.inFlight.splice(0)) this.deliver(message, false);
    }
  }

  private deliverTo(id: string): void {
    const due = this.inFlight.filter((message) => message.to === id);
    this.inFlight = this.inFlight.filter((message) => message.to !== id);
    for (const message of due) this.deliver(message, false);
  }

  private deliver(message: Message, isDropped: boolean): void {
    const isLost = isDropped || this.cuts.has(`${message.from}->${message.to}`);
    const target = this.servers.get(message.to);
    this.print(`${printMessage(message)}${isLost ? '  lost' : ''}`);
    if (isLost || !target?.raft) return this.snapshotEnded(message, false);
    if (
      message.type === 'installSnapshot' &&
      !target.raft.isRestoring &&
      message.snapshot.index > target.raft.commitIndex
    ) {
      target.disk.snapshot = this.at(message.from).disk.snapshot;
    }
    target.raft.timeIs(target.nowMs);
    target.raft.step(message);
    this.work(target);
    this.snapshotEnded(message, true);
  }

  private snapshotEnded(message: Message, arrived: boolean): void {
    if (message.type !== 'installSnapshot') return;
    const sender = this.at(message.from);
    sender.raft?.snapshotSent(message.to, arrived ? message.snapshot.index : undefined);
    if (sender.raft) this.work(sender);
  }

  private work(server: Server): void {
    const raft = server.raft!;
    if (server.isBusy) return;
    for (let ready = raft.ready(); ready; ready = raft.ready()) {
      for (const fact of ready.facts) this.print(`  ${server.id}: ${printFact(fact)}`);
      this.inFlight.push(...ready.messages);
      if (ready.persist) server.writes.push(ready.persist);
      for (const entry of ready.apply)
        if (entry.kind === 'command') server.state.push(Buffer.from(entry.data).toString());
      for (const to of ready.sendSnapshots) {
        const { meta } = server.disk.snapshot!;
        this.inFlight.push({ type: 'installSnapshot', from: server.id, to, term: raft.term, snapshot: meta });
      }
      for (const load of ready.loads) raft.loaded(load, server.disk.read(load.from, load.to, load.bytesMax));
      if (ready.compact !== undefined) server.disk.compact(ready.compact);
      raft.advance(ready);
      if (!server.isSlow) this.sync(server);
    }
  }

  private sync(server: Server): void {
    const raft = server.raft!;
    for (const batch of server.writes.splice(0)) {
      server.disk.write(batch);
      this.inFlight.push(...batch.thenSend);
      raft.persisted(batch);
      if (!batch.reset) continue;
      server.state = [...server.disk.snapshot!.state];
      raft.restored();
    }
  }

  private print(line: string): void {
    this.out.push(line);
  }
}

function parseChanges(words: readonly string[]): MembershipChange[] {
  return words.map((word) => {
    const [kind, id] = word.split('=') as [MembershipChange['kind'], string];
    return kind === 'addLearner' || kind === 'addVoter' ? { kind, server: { id, address: id } } : { kind, id };
  });
}

function unfold(command: string): string {
  const [text, count] = command.split('*') as [string, string?];
  return text.repeat(Number(count ?? 1));
}

function printRefusal(result: { kind: string; reason?: string; leaderId?: string }): string {
  return result.reason ? `refused: ${result.reason}` : `not the leader, ask ${result.leaderId ?? 'nobody'}`;
}
