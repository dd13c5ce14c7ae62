import type { HealthCheck, KvEntry, Node, ServiceInstance, Session } from '@tribune/protocol';
import type { Command, KvOperation, TxnOperation, Unindexed } from '../commands/command';
import type { Outcome } from '../commands/outcome';
import { encodeCommand } from '../encoding/command-codec';
import { StateMachine, type Applied } from '../state-machine';
import type { ReadTables } from '../tables/tables';

/** A state machine with commands as short sentences. Indexes count from 1. */
export class Harness {
  readonly machine = new StateMachine();
  last: Applied = { outcome: { kind: 'done', ok: true }, deltas: [] };

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

export function harness(): Harness {
  return new Harness();
}

export function aNode(fields: Partial<Node> = {}): Unindexed<Node> {
  return { id: '', node: 'n1', address: '10.0.0.1', datacenter: 'dc1', taggedAddresses: null, meta: null, ...fields };
}

export function aService(fields: Partial<ServiceInstance> = {}): Unindexed<ServiceInstance> {
  return {
    node: 'n1',
    id: fields.service ?? 'web',
    service: fields.id ?? 'web',
    kind: '',
    tags: null,
    address: '',
    port: 80,
    taggedAddresses: null,
    meta: null,
    weights: { passing: 1, warning: 1 },
    enableTagOverride: false,
    proxy: null,
    connectNative: false,
    ...fields,
  };
}

export function aCheck(fields: Partial<HealthCheck> = {}): Unindexed<HealthCheck> {
  return {
    node: 'n1',
    checkId: 'alive',
    name: fields.checkId ?? 'alive',
    status: 'passing',
    notes: '',
    output: '',
    serviceId: '',
    serviceName: '',
    serviceTags: null,
    type: '',
    definition: {},
    ...fields,
  };
}

export function aSession(fields: Partial<Session> = {}): Unindexed<Session> {
  return {
    id: '11111111-1111-1111-1111-111111111111',
    name: '',
    node: 'n1',
    lockDelayNs: 0,
    behavior: 'release',
    ttl: '',
    nodeChecks: null,
    serviceChecks: null,
    ...fields,
  };
}

function withoutNode({
  node: _node,
  ...service
}: Unindexed<ServiceInstance>): Omit<Unindexed<ServiceInstance>, 'node'> {
  return service;
}
