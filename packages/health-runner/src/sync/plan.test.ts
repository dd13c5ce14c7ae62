import type { HealthCheck, Node, ServiceInstance } from '@tribune/protocol';
import type { Command } from '@tribune/state-store';
import { initialState, NO_THRESHOLDS } from '../core/check-state';
import type { LocalCheckRecord, LocalServiceRecord } from '../local/local-records';
import { NODE, service } from '../testing/runner-fixture';
import { planNode, planRows, tagOverrides, type CatalogSide, type LocalSide } from './plan';

const INDEXES = { createIndex: 1, modifyIndex: 1 };
const nodeRow: Node = { ...NODE, ...INDEXES };

const local = (id: string, json = {}): LocalServiceRecord => ({
  id,
  service: service({ name: id, ...json }).service,
  token: '',
  fromFile: false,
  sidecarOf: '',
});
const instance = (id: string, json = {}): ServiceInstance => ({ ...local(id, json).service, node: 'n1', ...INDEXES });

const localCheck = (id: string, serviceId = '', output = ''): LocalCheckRecord => ({
  id,
  definition: undefined,
  name: id,
  notes: '',
  serviceId,
  serviceName: serviceId,
  serviceTags: null,
  type: 'ttl',
  state: initialState({ status: 'passing', output }, NO_THRESHOLDS, 0),
  fromFile: false,
});
const checkRow = (id: string, serviceId = '', output = ''): HealthCheck => ({
  node: 'n1',
  checkId: id,
  name: id,
  status: 'passing',
  notes: '',
  output,
  serviceId,
  serviceName: serviceId,
  serviceTags: [],
  type: 'ttl',
  definition: {},
  ...INDEXES,
});

const side = (given: Partial<LocalSide> = {}): LocalSide => ({
  node: NODE,
  services: [],
  checks: [],
  isOutputDeferred: () => false,
  ...given,
});
const catalog = (given: Partial<CatalogSide> = {}): CatalogSide => ({ services: [], checks: [], ...given });

/** One word per command: what it writes or removes. */
const shown = (commands: readonly Command[]): string[] =>
  commands.map((command) => {
    if (command.type === 'deregister') return `-${command.serviceId ?? command.checkId}`;
    if (command.type !== 'register') return command.type;
    const parts = [command.service?.id, ...command.checks.map(({ checkId }) => checkId)].filter(Boolean);
    return `+${parts.join('+')}`;
  });

test('two sides that agree need nothing', () => {
  const ours = side({ services: [local('web')], checks: [localCheck('c', 'web')] });
  const theirs = catalog({ services: [instance('web')], checks: [checkRow('c', 'web')] });
  expect(planRows(ours, theirs)).toEqual([]);
});

test.each([
  ['unknown', undefined, true],
  ['the same', nodeRow, false],
  ['another address', { ...nodeRow, address: '10.9.9.9' }, true],
  ['other metadata', { ...nodeRow, meta: { rack: 'r1' } }, true],
  ['empty metadata', { ...nodeRow, meta: null }, false],
])('a node that the catalog has as %s', (_, known, isWritten) => {
  expect(planNode(NODE, known) !== undefined).toBe(isWritten);
});

test('a service travels with its stale checks, checks of the node together', () => {
  const checks = [localCheck('a', 'web'), localCheck('b', 'web'), localCheck('n1'), localCheck('n2')];
  const commands = planRows(side({ services: [local('web')], checks }), catalog({ checks: [checkRow('b', 'web')] }));
  expect(shown(commands)).toEqual(['+web+a', '+n1+n2']);
});

test.each([
  ['port', { port: 1 }],
  ['tags', { tags: ['x'] }],
  ['metadata', { meta: { a: 'b' } }],
  ['weights', { weights: { passing: 2, warning: 1 } }],
  ['address', { address: 'db' }],
])('another %s is written', (_, json) => {
  const commands = planRows(side({ services: [local('web', json)] }), catalog({ services: [instance('web')] }));
  expect(shown(commands)).toEqual(['+web']);
});

test('an absent list and an empty one are the same', () => {
  const theirs = { ...instance('web'), tags: [], meta: {}, taggedAddresses: {} };
  expect(planRows(side({ services: [local('web')] }), catalog({ services: [theirs] }))).toEqual([]);
});

test('an output alone waits while it is deferred', () => {
  const ours = side({ checks: [localCheck('c', '', 'new')] });
  const theirs = catalog({ checks: [checkRow('c', '', 'old')] });
  expect(planRows({ ...ours, isOutputDeferred: (id) => id === 'c' }, theirs)).toEqual([]);
  expect(shown(planRows(ours, theirs))).toEqual(['+c']);
});

test('what the agent does not know is removed, a service with its checks', () => {
  const theirs = catalog({
    services: [instance('gone'), instance('consul')],
    checks: [checkRow('c', 'gone'), checkRow('alone'), checkRow('serfHealth')],
  });
  expect(shown(planRows(side(), theirs))).toEqual(['-gone', '-alone']);
});

test('tags of the catalog count only where the service allows it', () => {
  const services = [local('open', { enable_tag_override: true, tags: ['mine'] }), local('closed', { tags: ['mine'] })];
  const theirs = [instance('open', { tags: ['theirs'] }), instance('closed', { tags: ['theirs'] })];
  expect([...tagOverrides(services, theirs)]).toEqual([['open', ['theirs']]]);
});
