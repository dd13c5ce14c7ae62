import type { ServiceInstance, Topic } from '@tribune/protocol';
import { encodeCommand, StateMachine, TopicFilter, topicKey, type Command, type Delta } from '@tribune/state-store';
import { candidateTopics } from './topic-candidates';

const instance = (id: string, service: string, given: Partial<ServiceInstance> = {}) => ({
  ...{ id, service, kind: '', tags: null, address: '', port: 1, taggedAddresses: null, meta: null },
  ...{ weights: { passing: 1, warning: 1 }, enableTagOverride: false, proxy: null, connectNative: false },
  ...given,
});
const check = (node: string, checkId: string, serviceId: string, serviceName: string, status: string) => ({
  ...{ node, checkId, name: checkId, status, notes: '', output: '', serviceId, serviceName, serviceTags: null },
  ...{ type: '', definition: {} },
});
const register = (node: string, given: Partial<Extract<Command, { type: 'register' }>>): Command => ({
  type: 'register',
  node: { id: '', node, address: '10.0.0.1', datacenter: 'dc1', taggedAddresses: null, meta: null },
  skipNodeUpdate: false,
  checks: [],
  ...given,
});

/** A life of a small catalog: every way in which a row can concern a topic. */
const HISTORY: readonly Command[] = [
  register('N1', {}),
  register('N1', { service: instance('web1', 'Web') }),
  register('n2', { service: instance('web2', 'web'), checks: [check('n2', 'c', 'web2', 'web', 'passing')] }),
  register('n2', { service: instance('db', 'db') }),
  register('n2', { checks: [check('n2', 'mem', '', '', 'passing')] }),
  register('n2', { checks: [check('n2', 'mem', '', '', 'critical')] }),
  register('n2', { checks: [check('n2', 'c', 'web2', 'web', 'critical')] }),
  register('n3', {
    service: instance('p', 'web-proxy', { kind: 'connect-proxy', proxy: { DestinationServiceName: 'web' } }),
  }),
  register('n3', { checks: [check('n3', 'disk', '', '', 'warning')] }),
  register('n2', { service: instance('db', 'renamed') }),
  { type: 'deregister', node: 'n2', checkId: 'mem' },
  { type: 'deregister', node: 'n2', serviceId: 'web2' },
  register('n1', { node: { ...register('n1', {}), ...{ node: 'N1', id: '', address: '10.9.9.9' } } as never }),
  { type: 'deregister', node: 'n3' },
  { type: 'deregister', node: 'n1' },
];

const TOPICS: readonly Topic[] = [
  { kind: 'catalog' },
  { kind: 'sessions' },
  ...['n1', 'n2', 'n3'].map((node) => ({ kind: 'node', node }) as const),
  ...['web', 'db', 'renamed', 'web-proxy', 'none'].map((service) => ({ kind: 'service', service }) as const),
];

describe('the topics that a command may concern', () => {
  it('are never fewer than those that it does concern', () => {
    const machine = new StateMachine();
    const filters = TOPICS.map((topic) => ({ topic, filter: new TopicFilter(topic, machine.view.tables) }));
    const concerned: string[] = [];
    HISTORY.forEach((command, i) => {
      const { deltas } = machine.apply(i + 1, encodeCommand(command));
      const candidates = candidateTopics(machine.view.tables, deltas);
      for (const { topic, filter } of filters) {
        if (filter.next(machine.view.tables, deltas).length === 0) continue;
        concerned.push(topicKey(topic));
        expect(candidates).toContain(topicKey(topic));
      }
    });
    // The history would prove little if it left a topic out.
    const quiet = ['sessions', 'service/none'];
    expect(new Set(concerned)).toEqual(new Set(TOPICS.map(topicKey).filter((key) => !quiet.includes(key))));
  });

  it('are few', () => {
    const machine = new StateMachine();
    const deltas: readonly Delta[] = machine.apply(
      1,
      encodeCommand(register('n', { service: instance('a', 'a') })),
    ).deltas;
    expect([...candidateTopics(machine.view.tables, deltas)].sort()).toEqual(['catalog', 'node/n', 'service/a']);
  });
});
