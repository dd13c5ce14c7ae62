import { silentLogger } from '@tribune/platform';
import type { Member, Session } from '@tribune/protocol';
import { encodeCommand, StateMachine, type Command } from '@tribune/state-store';
import { SimClock } from '@tribune/testkit';
import type { DutyCollaborators, DutyProposal } from '../leader-duties/duty';
import { LanMembers } from '../server/lan-members';
import { fakeMembership, FakePool } from './fake-membership';

/** What a leader's duty sees: a state machine of its own that applies at once, a clock to move, and a pool of members. */
export class DutyWorld {
  readonly clock = new SimClock();
  readonly machine = new StateMachine();
  readonly pool = new FakePool();
  readonly proposed: Command[] = [];
  /** While set, proposals fail with this reason. */
  failing = '';
  /** Proposals wait for this. */
  gate: Promise<void> = Promise.resolve();
  readonly members = new LanMembers('dc1', {
    membership: fakeMembership(this.pool, 'leader'),
    clock: this.clock,
    logger: silentLogger,
  });
  readonly collaborators: DutyCollaborators = {
    view: this.machine.view,
    clock: this.clock,
    logger: silentLogger,
    propose: (command) => this.propose(command),
  };

  apply(command: Command): void {
    this.machine.apply(this.machine.revision + 1, encodeCommand(command));
  }

  /** Commands of one type, in the order in which they were proposed. */
  proposals<T extends Command['type']>(type: T): Extract<Command, { type: T }>[] {
    return this.proposed.filter((command): command is Extract<Command, { type: T }> => command.type === type);
  }

  async join(...members: Member[]): Promise<void> {
    for (const each of members) this.pool.set(each);
    await this.members.start();
    await this.settle();
  }

  settle(ms = 0): Promise<void> {
    return this.clock.elapse(ms);
  }

  private async propose(command: Command): Promise<DutyProposal> {
    this.proposed.push(command);
    await this.gate;
    if (this.failing !== '') return { kind: 'failed', reason: this.failing };
    this.apply(command);
    return { kind: 'applied' };
  }
}

export function nodeCommand(node: string): Command {
  const row = { id: '', node, address: '10.0.0.1', datacenter: 'dc1', taggedAddresses: null, meta: null };
  return { type: 'register', node: row, skipNodeUpdate: false, checks: [] };
}

export function sessionCommand(id: string, given: Partial<Session> = {}): Command {
  const session = { id, name: '', node: 'n', lockDelayNs: 0, behavior: 'release' as const, ttl: '' };
  return { type: 'session-create', session: { ...session, nodeChecks: [], serviceChecks: null, ...given } };
}
