import type { HealthCheck, Node, ServiceInstance } from '@tribune/protocol';
import type { Command } from '@tribune/state-store';
import { initialState, NO_THRESHOLDS } from '../core/check-state';
import type { LocalCheckRecord, LocalServiceRecord } from '../local/local-records';
import { NODE, service } from '../testing/runner-fixture';
import { planSync, tagOverrides, type CatalogSide, type LocalSide } from './plan';

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
const catalog = (given: Partial<CatalogSide> = {}): CatalogSide => ({
  node: nodeRow,
  services: [],
  checks: [],
  ...given,
});

/** One word per command: what it writes or removes. */
const shown = (commands: readonly Command[]): string[] =>
  commands.map((command) => {
    if (command.type === 'deregister') return `-${command.serviceId ?? command.checkId}`;
    if (command.type !== 'register') return command.type;
    const parts = [command.service?.id, ...command.checks.map(({ checkId }) => checkId)].filter(Boolean);
    return `${command.skipNodeUpdate ? '' : 'node '}+${parts.join('+')}`;
  });

test('two sides that agree need nothing', () => {
  const ours = side({ services: [local('web')], checks: [localCheck('c', 'web')] });
  const theirs = catalog({ services: [instance('web')], checks: [checkRow('c', 'web')] });
  expect(planSync(ours, theirs, undefined)).toEqual([]);
});

test('an unknown node is registered, alone or with what it has', () => {
  expect(shown(planSync(side(), catalog({ node: undefined }), undefined))).toEqual(['node +']);
  expect(shown(planSync(side({ services: [local('web')] }), catalog({ node: undefined }), undefined))).toEqual([
    'node +web',
  ]);
});

test('a node whose address has changed is registered again', () => {
  const moved = side({ node: { ...NODE, address: '10.9.9.9' } });
  expect(shown(planSync(moved, catalog(), undefined))).toEqual(['node +']);
});

test('a service travels with its stale checks, checks of the node together', () => {
  const checks = [localCheck('a', 'web'), localCheck('b', 'web'), localCheck('n1'), localCheck('n2')];
  const commands = planSync(
    side({ services: [local('web')], checks }),
    catalog({ checks: [checkRow('b', 'web')] }),
    undefined,
  );
  expect(shown(commands)).toEqual(['+web+a', '+n1+n2']);
});

test.each([
  ['port', { port: 1 }],
  ['tags', { tags: ['x'] }],
  ['metadata', { meta: { a: 'b' } }],
  ['weights', { weights: { passing: 2, warning: 1 } }],
  ['address', { address: 'db' }],
])('another %s is written', (_, json) => {
  const commands = planSync(
    side({ services: [local('web', json)] }),
    catalog({ services: [instance('web')] }),
    undefined,
  );
  expect(shown(commands)).toEqual(['+web']);
});

test('an absent list and an empty one are the same', () => {
  const theirs = { ...instance('web'), tags: [], meta: {}, taggedAddresses: {} };
  expect(planSync(side({ services: [local('web')] }), catalog({ services: [theirs] }), undefined)).toEqual([]);
});

test('an output alone waits while it is deferred', () => {
  const ours = side({ checks: [localCheck('c', '', 'new')] });
  const theirs = catalog({ checks: [checkRow('c', '', 'old')] });
  expect(planSync({ ...ours, isOutputDeferred: (id) => id === 'c' }, theirs, undefined)).toEqual([]);
  expect(shown(planSync(ours, theirs, undefined))).toEqual(['+c']);
});

test('what the agent does not know is removed, a service with its checks', () => {
  const theirs = catalog({
    services: [instance('gone'), instance('consul')],
    checks: [checkRow('c', 'gone'), checkRow('alone'), checkRow('serfHealth')],
  });
  expect(shown(planSync(side(), theirs, undefined))).toEqual(['-gone', '-alone']);
});

test('a sync of changes looks at nothing else', () => {
  const ours = side({ services: [local('a'), local('b')], checks: [localCheck('x'), localCheck('y')] });
  const theirs = catalog({ services: [instance('gone'), instance('kept')], checks: [checkRow('z')] });
  const scope = { services: new Set(['b', 'gone']), checks: new Set(['y']) };
  expect(shown(planSync(ours, theirs, scope))).toEqual(['+b', '+y', '-gone']);
});

test('tags of the catalog count only where the service allows it', () => {
  const services = [local('open', { enable_tag_override: true, tags: ['mine'] }), local('closed', { tags: ['mine'] })];
  const theirs = [instance('open', { tags: ['theirs'] }), instance('closed', { tags: ['theirs'] })];
  expect([...tagOverrides(services, theirs)]).toEqual([['open', ['theirs']]]);
});
