import * as fc from 'fast-check';
import type { Topic } from '@tribune/protocol';
import { encodeCommand } from '../encoding/command-codec';
import { encodeDeltas } from '../encoding/delta-codec';
import { findNode, listNodes, listServices, nodeServices, serviceInstances } from '../queries/catalog';
import { coordinates } from '../queries/coordinates';
import { checksInState, nodeChecks, serviceChecks, serviceHealth } from '../queries/health';
import { kvGet, kvKeys, kvList } from '../queries/kv';
import { nodeSessions, session, sessions } from '../queries/sessions';
import { setting } from '../queries/settings';
import { StateMachine } from '../state-machine';
import { encodeChunks } from '../snapshot/chunks';
import type { ReadTables } from '../tables/tables';
import { commands, SESSION_IDS } from '../testing/arbitrary-commands';
import { harness } from '../testing/harness';
import { Replica } from './replica';
import { TopicFilter } from './topic-filter';
import { topicSnapshot } from './topic-snapshot';
import type { Indexed, View } from './view';

type Query = (tables: ReadTables) => Indexed<unknown>;

const QUERIES: Record<string, { query: Query; topic: Topic }> = {
  'kv of one key': { query: (t) => kvGet(t, 'a/b'), topic: { kind: 'kvPrefix', prefix: 'a/b' } },
  'kv list': { query: (t) => kvList(t, 'a/'), topic: { kind: 'kvPrefix', prefix: 'a/' } },
  'kv list of a deeper prefix': { query: (t) => kvList(t, 'a/b/'), topic: { kind: 'kvPrefix', prefix: 'a/' } },
  'kv list of everything': { query: (t) => kvList(t, ''), topic: { kind: 'kvPrefix', prefix: '' } },
  'kv keys': { query: (t) => kvKeys(t, 'a', '/'), topic: { kind: 'kvPrefix', prefix: 'a' } },
  nodes: { query: (t) => listNodes(t), topic: { kind: 'catalog' } },
  'nodes by meta': { query: (t) => listNodes(t, { nodeMeta: { rack: 'a' } }), topic: { kind: 'catalog' } },
  'one node': { query: (t) => findNode(t, 'n1'), topic: { kind: 'node', node: 'n1' } },
  'services of a node': { query: (t) => nodeServices(t, 'N1'), topic: { kind: 'node', node: 'n1' } },
  'service names': { query: (t) => listServices(t), topic: { kind: 'catalog' } },
  'service names by node meta': {
    query: (t) => listServices(t, { nodeMeta: { rack: 'a' } }),
    topic: { kind: 'catalog' },
  },
  instances: { query: (t) => serviceInstances(t, 'web'), topic: { kind: 'service', service: 'web' } },
  'instances by tag': {
    query: (t) => serviceInstances(t, 'web', { tags: ['T1'] }),
    topic: { kind: 'service', service: 'web' },
  },
  'connect instances': {
    query: (t) => serviceInstances(t, 'api', { connect: true }),
    topic: { kind: 'service', service: 'api' },
  },
  health: { query: (t) => serviceHealth(t, 'web'), topic: { kind: 'service', service: 'web' } },
  'health, passing only': {
    query: (t) => serviceHealth(t, 'API', { passingOnly: true }),
    topic: { kind: 'service', service: 'api' },
  },
  'connect health': {
    query: (t) => serviceHealth(t, 'web', { connect: true }),
    topic: { kind: 'service', service: 'web' },
  },
  'checks of a node': { query: (t) => nodeChecks(t, 'n1'), topic: { kind: 'node', node: 'n1' } },
  'checks of a service': { query: (t) => serviceChecks(t, 'web'), topic: { kind: 'service', service: 'web' } },
  'critical checks': { query: (t) => checksInState(t, 'critical'), topic: { kind: 'catalog' } },
  'all checks by node meta': {
    query: (t) => checksInState(t, 'any', { nodeMeta: { rack: 'a' } }),
    topic: { kind: 'catalog' },
  },
  'one session': { query: (t) => session(t, SESSION_IDS[2]!.toUpperCase()), topic: { kind: 'sessions' } },
  sessions: { query: (t) => sessions(t), topic: { kind: 'sessions' } },
  'sessions of a node': { query: (t) => nodeSessions(t, 'N1'), topic: { kind: 'sessions' } },
  coordinates: { query: (t) => coordinates(t), topic: { kind: 'catalog' } },
  'a setting': { query: (t) => setting(t, 'autopilot'), topic: { kind: 'all' } },
};

/** What a client that blocks on a query relies on, checked after each revision. */
class BlockedClient {
  private last: Indexed<unknown>;
  private woken = false;

  constructor(
    private readonly view: View,
    private readonly query: Query,
  ) {
    this.last = query(view.tables);
    this.park();
  }

  check(): void {
    const now = this.query(this.view.tables);
    expect(now.index).toBeGreaterThanOrEqual(this.last.index);
    if (!same(now.value, this.last.value)) {
      expect(now.index).toBeGreaterThan(this.last.index);
      expect(this.woken).toBe(true);
    }
    this.last = now;
    if (this.woken) this.park();
  }

  private park(): void {
    this.woken = false;
    this.view.park(this.last.watch, () => (this.woken = true));
  }
}

function same(a: unknown, b: unknown): boolean {
  try {
    expect(a).toEqual(b);
    return true;
  } catch {
    return false;
  }
}

describe('when an answer changes, its index rises and its waiters wake', () => {
  test.each(Object.entries(QUERIES))('%s', (_name, { query, topic }) => {
    fc.assert(
      fc.property(commands, (all) => {
        const machine = new StateMachine();
        machine.skipTo(1);
        const replica = new Replica(topic.kind === 'all' ? 'full' : 'partial');
        replica.subscribe(1, topic);
        const filter = new TopicFilter(topic, machine.view.tables);
        const rows = [...encodeChunks(topicSnapshot(machine.view.tables, topic))][0] ?? encodeDeltas([]);
        replica.receive({ kind: 'snapshot', id: 1, revision: 0, rows, first: true, last: true });
        replica.receive({ kind: 'progress', revision: 0 });

        const atMachine = new BlockedClient(machine.view, query);
        const atReplica = new BlockedClient(replica.view, query);
        for (const each of all) {
          const revision = machine.revision + 1;
          const deltas = filter.next(machine.view.tables, machine.apply(revision, encodeCommand(each)).deltas);
          if (deltas.length > 0) replica.receive({ kind: 'deltas', id: 1, revision, rows: encodeDeltas(deltas) });
          replica.receive({ kind: 'progress', revision });
          atMachine.check();
          atReplica.check();
        }
        expect(query(replica.view.tables).value).toEqual(query(machine.view.tables).value);
      }),
      { numRuns: 60 },
    );
  });
});

describe('who is woken', () => {
  const scene = () => {
    const h = harness();
    h.register('n1', { service: { id: 'web1', service: 'web' } });
    h.register('n1', { service: { id: 'api1', service: 'api' } });
    h.register('n2', { service: { id: 'web2', service: 'web' } });
    h.register('n2', {
      service: { id: 'proxy', service: 'api-proxy', kind: 'connect-proxy', proxy: { DestinationServiceName: 'api' } },
    });
    const KEYS = [
      'kv',
      'kv/a/b',
      'kv-prefix/a/',
      'kv-prefix/a',
      'kv-prefix/b',
      'node/n1',
      'node/n2',
      'service/web',
      'service/api',
      'service/api-proxy',
      'connect/api',
      'nodes',
      'services',
      'checks',
      'sessions',
      'session/11111111-1111-1111-1111-111111111111',
      'node-sessions/n1',
    ];
    const woken: string[] = [];
    for (const key of KEYS) h.machine.view.park([key], () => woken.push(key));
    return { h, woken };
  };

  test.each<[string, (h: ReturnType<typeof scene>['h']) => void, string[]]>([
    ['a key', (h) => h.set('a/b', '1'), ['kv', 'kv/a/b', 'kv-prefix/a/', 'kv-prefix/a']],
    ['another key', (h) => h.set('c', '1'), ['kv']],
    [
      'an instance',
      (h) => h.register('n1', { service: { id: 'web1', service: 'web', port: 81 } }),
      ['node/n1', 'service/web', 'services'],
    ],
    [
      'an instance check',
      (h) => h.register('n1', { checks: [{ checkId: 'c', serviceId: 'api1' }] }),
      ['node/n1', 'service/api', 'checks'],
    ],
    [
      'a node check',
      (h) => h.register('n2', { checks: [{ checkId: 'c' }] }),
      ['node/n2', 'service/web', 'service/api-proxy', 'connect/api', 'checks'],
    ],
    [
      'a node row',
      (h) => h.register('n1', { node: { address: '10.9.9.9' } }),
      ['node/n1', 'service/web', 'service/api', 'nodes'],
    ],
    [
      'a proxy',
      (h) => h.deregister('n2', { serviceId: 'proxy' }),
      ['node/n2', 'service/api-proxy', 'connect/api', 'services'],
    ],
    [
      'a session',
      (h) => h.createSession('11111111-1111-1111-1111-111111111111'),
      ['sessions', 'session/11111111-1111-1111-1111-111111111111', 'node-sessions/n1'],
    ],
    ['nothing: the same registration', (h) => h.register('n1', { service: { id: 'web1', service: 'web' } }), []],
    ['nothing: the same value', (h) => h.deregister('nobody'), []],
  ])('by %s', (_what, act, expected) => {
    const { h, woken } = scene();
    act(h);
    expect(woken.sort()).toEqual([...expected].sort());
  });

  test('a waiter under several keys is called once, and not again', () => {
    const h = harness();
    const wake = jest.fn();
    h.machine.view.park(['kv/a', 'kv-prefix/a', 'kv'], wake);
    h.set('a', '1');
    h.set('a', '2');
    expect(wake).toHaveBeenCalledTimes(1);
  });

  test('a cancelled waiter is not called and leaves nothing behind', () => {
    const h = harness();
    const wake = jest.fn();
    const cancel = h.machine.view.park(['kv/a', 'kv-prefix/a'], wake);
    cancel();
    cancel();
    h.set('a', '1');
    expect(wake).not.toHaveBeenCalled();
  });

  test('everybody, when a snapshot is restored', () => {
    const h = harness();
    const wake = jest.fn();
    h.machine.view.park(['session/none'], wake);
    h.machine.restore(7).finish();
    expect(wake).toHaveBeenCalledTimes(1);
    expect(h.machine.revision).toBe(7);
  });
});
