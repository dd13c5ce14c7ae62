import { silentLogger, type Clock, type Random } from '@tribune/platform';
import { RaftNode } from '@tribune/raft-core';
import { MemoryDisk, MemorySnapshotStore } from '@tribune/raft-core/testing';
import { RegisterMachine } from './register-machine';
import { SimLogStore, type DiskFaults } from './sim-log-store';
import type { SimNetwork } from './sim-network';

export interface SimServerCollaborators {
  readonly clock: Clock;
  readonly random: Random;
  readonly network: SimNetwork;
  readonly diskFaults: DiskFaults;
  readonly ignoresExpectation: boolean;
}

/** A production RaftNode on a simulated machine. What is on its disk survives `crash`, nothing else does. */
export class SimServer {
  node: RaftNode | undefined;
  machine = new RegisterMachine();
  private log: SimLogStore | undefined;
  private readonly disk = new MemoryDisk();
  private readonly snapshots = new MemorySnapshotStore();

  constructor(
    readonly id: string,
    private readonly collaborators: SimServerCollaborators,
  ) {}

  async start(): Promise<void> {
    const { clock, random, network, diskFaults, ignoresExpectation } = this.collaborators;
    this.machine = new RegisterMachine(ignoresExpectation);
    const log = new SimLogStore(this.disk, clock, random, diskFaults);
    this.log = log;
    const node = new RaftNode(
      { id: this.id, address: this.id, freeBytesMin: 0, snapshotThreshold: 60, trailingLogs: 20 },
      {
        logStore: log,
        snapshotStore: this.snapshots,
        transport: network.transportOf(this.id),
        stateMachine: this.machine,
        clock: this.clockWhileUp(log),
        random,
        logger: silentLogger,
        nextTurn: (run) => void clock.setTimer(0, run),
      },
    );
    await node.start();
    if (this.log === log) this.node = node;
  }

  get isOn(): boolean {
    return this.log !== undefined;
  }

  /** Power cut. The old node object goes on to exist, but no timer, disk or cable of it works any more. */
  crash(): void {
    this.log?.powerOff();
    this.log = undefined;
    this.collaborators.network.unplug(this.id);
    this.node = undefined;
  }

  /** Timers of a server that was switched off never fire. */
  private clockWhileUp(log: SimLogStore): Clock {
    const { clock } = this.collaborators;
    return {
      monotonicMs: () => clock.monotonicMs(),
      wallMs: () => clock.wallMs(),
      setTimer: (delayMs, callback) => clock.setTimer(delayMs, () => this.log === log && callback()),
    };
  }
}
