import type { HealthCheck, KvEntry, Node, ServiceInstance, Session } from '@tribune/protocol';
import type { Command, KvOperation, TxnOperation, Unindexed } from '../commands/command';
import type { Outcome } from '../commands/outcome';
import { encodeCommand } from '../encoding/command-codec';
import { StateMachine, type Applied } from '../state-machine';
import type { ReadTables } from '../tables/tables';
import { aCheck, aNode, aService, aSession } from './builders';

/** A state machine with commands as short sentences. The first has index 2: on a real log, 1 is never a command. */
export class Harness {
  last: Applied = { outcome: { kind: 'done', ok: true }, deltas: [] };

  constructor(readonly machine = new StateMachine()) {
    this.machine.skipTo(1);
  }

  get tables(): ReadTables {
    return this.machine.view.tables;
  }

  get revision(): number {
    return this.machine.revision;
  }

  apply(command: Command): Outcome {
    this.last = this.machine.apply(this.machine.revision + 1, encodeCommand(command));
    return this.last.outcome;
  }

  kv(operation: KvOperation): Outcome {
    return this.apply({ type: 'kv', operation });
  }

  set(key: string, text: string, flags = 0n): Outcome {
    return this.kv({ verb: 'set', key, value: Buffer.from(text), flags });
  }

  lock(key: string, session: string, text = 'held'): Outcome {
    return this.kv({ verb: 'lock', key, value: Buffer.from(text), flags: 0n, session });
  }

  unlock(key: string, session: string, text = 'free'): Outcome {
    return this.kv({ verb: 'unlock', key, value: Buffer.from(text), flags: 0n, session });
  }

  entry(key: string): KvEntry | undefined {
    return this.tables.kv.get(key);
  }

  txn(...operations: TxnOperation[]): Outcome {
    return this.apply({ type: 'txn', operations });
  }

  register(
    name: string,
    more: {
      node?: Partial<Node>;
      service?: Partial<ServiceInstance>;
      checks?: Partial<HealthCheck>[];
      skipNodeUpdate?: boolean;
    } = {},
  ): Outcome {
    return this.apply({
      type: 'register',
      node: aNode({ node: name, ...more.node }),
      skipNodeUpdate: more.skipNodeUpdate ?? false,
      service: more.service && withoutNode(aService({ node: name, ...more.service })),
      checks: (more.checks ?? []).map((check) => aCheck({ node: name, ...check })),
    });
  }

  deregister(node: string, what: { serviceId?: string; checkId?: string } = {}): Outcome {
    return this.apply({ type: 'deregister', node, ...what });
  }

  createSession(id: string, more: Partial<Session> = {}): Outcome {
    return this.apply({ type: 'session-create', session: aSession({ id, ...more }) });
  }
}

export function harness(machine?: StateMachine): Harness {
  return new Harness(machine);
}

function withoutNode({
  node: _node,
  ...service
}: Unindexed<ServiceInstance>): Omit<Unindexed<ServiceInstance>, 'node'> {
  return service;
}
