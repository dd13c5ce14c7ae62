import type { Random } from '@tribune/platform';
import type { RaftConfig } from '../../src/core/config';
import type { Message } from '../../src/core/message';
import { Raft } from '../../src/core/raft';
import type { Persist, Ready } from '../../src/core/ready';
import { type Checkers, Violation } from './checkers';
import { SimDisk, type DiskBugs, type SimSnapshot } from './sim-disk';

export interface ShellBugs extends DiskBugs {
  /** Answers leave before the write they rest on is durable. */
  readonly acknowledgesBeforeSync?: boolean;
  /** The core is told that a write is durable as soon as it begins. */
  readonly reportsDurableEarly?: boolean;
}

export interface SimServerWorld {
  readonly random: Random;
  readonly checkers: Checkers;
  readonly bugs: ShellBugs;
  readonly config: Omit<RaftConfig, 'id'>;
  send(message: Message): void;
  sendSnapshot(from: SimServer, to: string, snapshot: SimSnapshot): void;
  leadershipLost(server: SimServer): void;
}

interface Write {
  readonly batch: Persist;
  stepsLeft: number;
}

/** The shell of one server in virtual time: the duties of RaftNode, one step of the world at a time. */
export class SimServer {
  raft: Raft | undefined;
  state: string[] = [];
  readonly disk: SimDisk;
  readonly proposals = new Map<number, { term: number; command: string }>();
  readonly reads = new Map<number, number>();
  private write: Write | undefined;
  private readonly late: Persist[] = [];
  private nextRead = 0;

  constructor(
    readonly id: string,
    private readonly world: SimServerWorld,
  ) {
    this.disk = new SimDisk(world.bugs);
    this.start();
  }

  start(): void {
    const state = this.disk.restore();
    this.state = [...(this.disk.snapshot?.state ?? [])];
    this.raft = new Raft({ ...this.world.config, id: this.id }, state, this.world.random);
  }

  /** Power cut: memory and the unfinished write are gone. */
  crash(): void {
    this.raft = undefined;
    this.write = undefined;
    this.proposals.clear();
    this.reads.clear();
  }

  receive(message: Message, snapshot?: SimSnapshot): void {
    if (!this.raft || (snapshot && this.raft.isRestoring)) return;
    if (snapshot && snapshot.meta.index > this.raft.commitIndex) this.disk.snapshot = snapshot;
    this.raft.step(message);
  }

  propose(command: string): void {
    const result = this.raft?.propose([Buffer.from(command)]);
    if (result?.kind === 'accepted') this.proposals.set(result.firstIndex, { term: result.term, command });
  }

  read(): void {
    if (!this.raft) return;
    const before = this.world.checkers.highestAcknowledged;
    const context = ++this.nextRead;
    const result = this.raft.readIndex(context);
    if (result.kind === 'confirmed') this.world.checkers.reads(result.index, before);
    if (result.kind === 'pending') this.reads.set(context, before);
  }

  takeSnapshot(trailing: number): void {
    const { raft } = this;
    if (!raft || raft.appliedIndex <= (this.disk.snapshot?.meta.index ?? 0)) return;
    const index = raft.appliedIndex;
    const term = raft.termAt(index);
    if (term === undefined) return;
    this.disk.snapshot = { meta: { index, term, configuration: raft.configurationAt(index) }, state: [...this.state] };
    raft.compact(index - trailing);
  }

  /** Lets time pass for disk and core. */
  step(): void {
    if (!this.raft) return;
    if (this.write && --this.write.stepsLeft <= 0) this.finishWrite();
    let turns = 0;
    for (let ready = this.raft.ready(); ready; ready = this.raft.ready()) {
      this.perform(ready);
      if (this.world.bugs.reportsDurableEarly) this.reportEarly();
      if (++turns > 1000) throw new Violation(`${this.id} never comes to rest: ${JSON.stringify(ready)}`);
    }
  }

  private perform(ready: Ready): void {
    const raft = this.raft!;
    for (const fact of ready.facts) {
      if (fact.kind === 'roleChanged' && fact.role === 'leader') this.world.checkers.leads(this.id, raft);
      if (fact.kind === 'steppedDown') this.world.leadershipLost(this);
      if (fact.kind === 'readsLost') for (const read of fact.reads) this.reads.delete(read);
      if (fact.kind === 'readsConfirmed') {
        for (const read of fact.reads) this.world.checkers.reads(fact.index, this.reads.get(read)!);
      }
    }
    for (const message of ready.messages) this.world.send(message);
    if (ready.persist) this.beginWrite(ready.persist);
    this.apply(ready);
    for (const load of ready.loads) raft.loaded(load, this.disk.read(load.from, load.to, load.bytesMax));
    for (const to of ready.sendSnapshots) this.world.sendSnapshot(this, to, this.disk.snapshot!);
    if (ready.compact !== undefined) this.disk.compact(Math.min(ready.compact, this.disk.lastIndex));
    raft.advance(ready);
  }

  private apply(ready: Ready): void {
    for (const entry of ready.apply) {
      this.world.checkers.applies(this.id, entry);
      if (entry.kind === 'command') this.state.push(Buffer.from(entry.data).toString());
      const proposal = this.proposals.get(entry.index);
      this.proposals.delete(entry.index);
      if (proposal?.term === entry.term) this.world.checkers.acknowledges(entry.index, proposal.command);
    }
  }

  private beginWrite(batch: Persist): void {
    const raft = this.raft!;
    for (const entry of batch.entries) this.world.checkers.holds(this.id, entry, raft.termAt(entry.index - 1)!);
    const { random, bugs } = this.world;
    this.write = { batch, stepsLeft: random.integer(10) === 0 ? random.integer(20) : random.integer(3) };
    if (bugs.acknowledgesBeforeSync) for (const message of batch.thenSend) this.world.send(message);
  }

  /** The bug `reportsDurableEarly`: the batch reaches the disk later, or never. */
  private reportEarly(): void {
    if (!this.write || this.late.includes(this.write.batch)) return;
    this.late.push(this.write.batch);
    if (this.late.length > 3) this.disk.write(this.late.shift()!);
    const { batch } = this.write;
    this.write = undefined;
    for (const message of batch.thenSend) this.world.send(message);
    this.raft!.persisted(batch);
  }

  private finishWrite(): void {
    const raft = this.raft!;
    const { batch } = this.write!;
    this.write = undefined;
    this.disk.write(batch);
    if (!this.world.bugs.acknowledgesBeforeSync) for (const message of batch.thenSend) this.world.send(message);
    raft.persisted(batch);
    if (batch.reset && raft.status().base.index === batch.reset.index && raft.appliedIndex < batch.reset.index) {
      this.state = [...this.disk.snapshot!.state];
      raft.restored();
    }
  }
}
