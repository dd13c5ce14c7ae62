import type { Clock, Random } from '@tribune/platform';
import type { Action, Operation } from '../history';
import type { SimServer } from '../world/sim-server';

export interface ClientSettings {
  readonly keys: number;
  readonly thinkMsMax: number;
  /** Planted bug: reads are answered from wherever they land, without asking for a read index. */
  readonly readsLocally: boolean;
}

const TIMEOUT_MS = 1500;
const POLL_MS = 2;

/** One user: asks one thing at a time, of whichever server, and writes down what it is told. */
export class Client {
  constructor(
    private readonly settings: ClientSettings,
    private readonly world: { readonly clock: Clock; readonly random: Random; readonly servers: readonly SimServer[] },
    private readonly history: Operation[],
    private readonly nextValue: () => number,
  ) {}

  async run(isOver: () => boolean): Promise<void> {
    const { clock, random } = this.world;
    while (!isOver()) {
      await this.wait(random.next() * this.settings.thinkMsMax);
      const server = this.world.servers[random.integer(this.world.servers.length)]!;
      if (!server.node) continue;
      const operation: Operation = {
        key: `k${random.integer(this.settings.keys)}`,
        action: this.someAction(server),
        calledAt: clock.monotonicMs(),
        returnedAt: Infinity,
      };
      await this.perform(server, operation);
    }
  }

  private someAction(server: SimServer): Action {
    const { random } = this.world;
    const pick = random.next();
    if (pick < 0.5) return { kind: 'read' };
    if (pick < 0.75) return { kind: 'write', value: this.nextValue() };
    // A guess that is often right: what this server believes.
    const expected = server.machine.read(`k${random.integer(this.settings.keys)}`);
    return { kind: 'cas', expected, value: this.nextValue() };
  }

  private async perform(server: SimServer, operation: Operation): Promise<void> {
    const { action, key } = operation;
    const { machine } = server;
    if (action.kind === 'read') {
      if (!(await this.mayRead(server))) return;
      this.returned(operation, machine.read(key));
      this.history.push(operation);
      return;
    }
    // On record before it is sent: a history may end while the answer is still out.
    this.history.push(operation);
    const command = Buffer.from(JSON.stringify({ key, action }));
    const outcome = await this.within(server.node!.propose(command));
    if (outcome?.kind === 'notLeader' || outcome?.kind === 'refused') {
      // It certainly never reached the log.
      this.history.splice(this.history.indexOf(operation), 1);
    } else if (outcome?.kind === 'applied') {
      this.returned(operation, action.kind === 'cas' ? (outcome.result as boolean) : undefined);
    }
  }

  /** What a front end does: ask for an index, wait until its view has it. */
  private async mayRead({ node, machine }: SimServer): Promise<boolean> {
    if (this.settings.readsLocally) return true;
    const fence = await this.within(Promise.resolve(node!.readIndex()));
    if (fence?.kind !== 'confirmed') return false;
    for (let waited = 0; machine.appliedIndex < fence.index; waited += POLL_MS) {
      if (waited > TIMEOUT_MS) return false;
      await this.wait(POLL_MS);
    }
    return true;
  }

  private returned(operation: Operation, answer: number | boolean | undefined): void {
    operation.returnedAt = this.world.clock.monotonicMs();
    operation.answer = answer;
  }

  private within<T>(promise: Promise<T>): Promise<T | undefined> {
    return Promise.race([promise, this.wait(TIMEOUT_MS).then(() => undefined)]);
  }

  private wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.world.clock.setTimer(ms, resolve));
  }
}
