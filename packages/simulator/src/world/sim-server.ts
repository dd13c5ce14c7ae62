import { silentLogger, type Clock, type Random } from '@tribune/platform';
import { RaftNode } from '@tribune/raft-core';
import {
  coreOf,
  MemoryDisk,
  MemorySnapshotStore,
  type CoreView,
  type ExpireSessions,
} from '@tribune/raft-core/testing';
import type { Invariants } from '../checkers/invariants';
import type { WorldBug } from '../faults/planted-bugs';
import type { Profile } from '../faults/profiles';
import type { Expiries } from '../workload/expiries';
import { leaderDuties } from './leader-duties';
import { MachineClock } from './machine-clock';
import { SimLogStore } from './sim-log-store';
import type { SimNetwork } from './sim-network';
import { SimSnapshotStore } from './sim-snapshot-store';
import { StoreMachine } from './store-machine';

export interface SimServerWorld {
  readonly clock: Clock;
  readonly random: Random;
  readonly network: SimNetwork;
  readonly profile: Profile;
  readonly bug: WorldBug | undefined;
  readonly invariants: Invariants;
  readonly expiries: Expiries;
}

/** One run of the process, from start to crash. */
interface Process {
  readonly node: RaftNode;
  readonly machine: StoreMachine;
  readonly clock: MachineClock;
  readonly log: SimLogStore;
  readonly sessions: ExpireSessions;
  failure?: Error;
}

/** The default of production. */
const TICK_MS = 10;
const DISK_WRITE_MS_MAX = 4;
const FLICKER_MS_MAX = 10;
const COUP_MS_MAX = 250;

/** A production RaftNode on a simulated machine. What is on its disk survives `crash`, nothing else does. */
export class SimServer {
  readonly disk = new MemoryDisk();
  private readonly snapshots = new MemorySnapshotStore();
  private process: Process | undefined;
  private isReady = false;
  onElected: () => void = () => undefined;

  constructor(
    readonly id: string,
    private readonly world: SimServerWorld,
  ) {}

  get isOn(): boolean {
    return this.process !== undefined;
  }

  /** Answers requests: it has started and does not stand still. */
  get isServing(): boolean {
    return this.isReady && !this.process!.clock.isPaused;
  }

  get node(): RaftNode | undefined {
    return this.isReady ? this.process?.node : undefined;
  }

  get machine(): StoreMachine | undefined {
    return this.process?.machine;
  }

  get sessions(): ExpireSessions | undefined {
    return this.process?.sessions;
  }

  /** It stopped by itself, and will not go on. */
  get failure(): Error | undefined {
    return this.process?.failure;
  }

  get clock(): MachineClock | undefined {
    return this.process?.clock;
  }

  get core(): CoreView | undefined {
    return this.isReady ? coreOf(this.process!.node) : undefined;
  }

  async start(): Promise<void> {
    const { clock: time, random, network, profile, bug, invariants, expiries } = this.world;
    const clock = new MachineClock(time, random, profile.drift, () => this.process?.node === node && this.observe());
    const faults = { writeMsMax: DISK_WRITE_MS_MAX, slow: profile.slowDisk };
    const log = new SimLogStore(
      this.disk,
      clock,
      random,
      faults,
      bug,
      (batch) => invariants.writes(this, batch),
      () => this.maybeFlicker(),
    );
    const machine = new StoreMachine((index, command) => invariants.applies(this.id, index, command), bug);
    const { pace, snapshotThreshold, readLeases, appendBytesMax } = profile;
    const node = new RaftNode(
      {
        id: this.id,
        address: this.id,
        tickMs: TICK_MS * pace,
        freeBytesMin: 1,
        snapshotThreshold,
        trailingLogs: 10,
        readLeases,
        appendBytesMax,
      },
      {
        logStore: log,
        snapshotStore: new SimSnapshotStore(this.snapshots, clock),
        transport: network.transportOf(this.id, clock),
        stateMachine: machine,
        clock,
        random,
        logger: silentLogger,
        nextTurn: (run) => void clock.setTimer(0, run),
      },
    );
    const sessions = leaderDuties(node, machine.view, clock, (command) => expiries.proposes(command));
    const run: Process = { node, machine, clock, log, sessions };
    node.on((event) => {
      if (event.kind === 'roleChanged' && event.role === 'leader') this.elected(event.term);
      if (event.kind === 'failed') run.failure = event.error;
    });
    this.process = run;
    await node.start();
    if (this.process?.node === node) this.isReady = true;
  }

  /** Power cut. The old node object goes on to exist, but no timer, disk or cable of it works any more. */
  crash(): void {
    this.process?.log.powerOff();
    this.process?.clock.powerOff();
    this.process = undefined;
    this.isReady = false;
    this.world.network.unplug(this.id);
  }

  /**
   * The end of the log is found damaged at the next start (storage rule S3). Not in a log with nothing but the founding
   * entry: without that a server cannot know whether there are others, and refuses to start (RAFT_LOG_LOST).
   */
  damage(entries: number): void {
    const { disk } = this;
    if (disk.base.index + disk.entries.length <= 1) return;
    const kept = Math.max(0, disk.entries.length - entries);
    disk.distrustedUpTo = Math.max(disk.distrustedUpTo, disk.base.index + disk.entries.length);
    disk.entries = disk.entries.slice(0, kept);
  }

  private elected(term: number): void {
    const { clock, invariants, network, random, profile } = this.world;
    invariants.leads(this, term);
    this.onElected();
    if (random.next() >= profile.coup) return;
    const fall = (): void => {
      if (!network.isCalm) for (const { id } of invariants.servers) network.cut(this.id, id);
    };
    if (random.next() < 0.5) fall();
    else clock.setTimer(random.next() * COUP_MS_MAX, fall);
  }

  /** Off and on again within a few milliseconds. */
  private maybeFlicker(): void {
    const { clock, random, profile, network } = this.world;
    const { process } = this;
    if (network.isCalm || random.next() >= profile.flicker) return;
    clock.setTimer(random.next() * FLICKER_MS_MAX, () => {
      if (this.process !== process) return;
      this.crash();
      clock.setTimer(random.next() * FLICKER_MS_MAX, () => !this.isOn && void this.start());
    });
  }

  private observe(): void {
    if (this.isReady) this.world.invariants.observe(this);
  }
}
