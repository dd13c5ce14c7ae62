import { EMPTY_CHECK_DEFINITION, type AgentApi, type CheckDefinition } from '@tribune/protocol';
import { service } from './runner-fixture';

/** An agent named n1 without registrations, that takes scripts, in front of a catalog that can be asked. */
export interface AgentUnderTest {
  readonly api: AgentApi;
  catalogServices(): readonly string[];
}

const WEB = service({
  id: 'w1',
  name: 'web',
  tags: ['a'],
  port: 80,
  address: '10.0.0.9',
  meta: { k: 'v' },
  weights: { passing: 3, warning: 2 },
  enable_tag_override: true,
  proxy: { destination_service_name: 'x', config: { big: 3304740253564472344n } },
  checks: [
    { ttl: '10s', header: { a: ['1', '2'] }, failuresbeforecritical: 3, deregister_critical_service_after: '1h' },
    { args: ['true', '-x'], interval: '1h', timeout: '1s' },
  ],
  connect: { sidecar_service: { port: 7000 } },
});
const own = { address: '10.0.0.9', port: 80 };
const check = (given: Partial<CheckDefinition>): CheckDefinition => ({ ...EMPTY_CHECK_DEFINITION, ...given });
const forever = new AbortController().signal;

/** What every binding of {@link AgentApi} does alike: the object itself, and the one behind gRPC. */
export function agentApiCompliance(binding: string, current: () => AgentUnderTest): void {
  describe(`AgentApi ${binding}`, () => {
    test('a definition arrives with every field', async () => {
      const { api } = current();
      expect(await api.registerService(WEB, { replaceExistingChecks: true })).toEqual({ ok: true });
      const [web, sidecar] = await api.services();
      expect(web).toEqual({
        service: {
          ...WEB.service,
          taggedAddresses: { lan_ipv4: own, wan_ipv4: own },
          createIndex: 0,
          modifyIndex: 0,
        },
        fromFile: false,
      });
      expect(sidecar!.service).toMatchObject({ id: 'w1-sidecar-proxy', kind: 'connect-proxy', port: 7000 });
      const checks = (await api.checks()).map(({ checkId, type, serviceTags }) => [checkId, type, serviceTags]);
      expect(checks.slice(0, 2)).toEqual([
        ['service:w1:1', 'ttl', ['a']],
        ['service:w1:2', 'script', ['a']],
      ]);
    });

    test('the node is who it is', async () => {
      expect(await current().api.node()).toMatchObject({ node: 'n1', meta: { 'consul-network-segment': '' } });
    });

    test('refusals have their kind and Consul’s sentence', async () => {
      const { api } = current();
      expect(await api.updateTtl('nope', 'passing', '')).toEqual({
        ok: false,
        kind: 'failed',
        reason: 'CheckID "nope" does not have associated TTL',
      });
      expect(await api.serviceMaintenance('nope', true, '')).toMatchObject({ ok: false, kind: 'notFound' });
      expect(await api.registerCheck(check({ name: 'c', osService: 'x' }))).toMatchObject({
        ok: false,
        kind: 'invalid',
      });
    });

    test('registrations, updates, maintenance and reloads reach the catalog', async () => {
      const { api, catalogServices } = current();
      await api.registerService(service({ name: 'web' }), { replaceExistingChecks: false });
      expect(await api.registerCheck(check({ name: 'c', ttlNs: 1e9 }))).toEqual({ ok: true });
      await api.updateTtl('c', 'warning', 'hm');
      await api.nodeMaintenance(true, 'why');
      const checks = (await api.checks()).map(({ checkId, status }) => `${checkId} ${status}`);
      expect(checks).toEqual(['c warning', '_node_maintenance critical']);
      await api.deregisterCheck('c');
      await api.deregisterService('web');
      await api.reload([service({ name: 'file' })], [check({ name: 'f', ttlNs: 1e9 })], { rack: 'r' });
      expect((await api.services()).map(({ service: { id }, fromFile }) => [id, fromFile])).toEqual([['file', true]]);
      expect(await api.syncNow()).toEqual({ ok: true });
      expect(catalogServices()).toEqual(['file']);
      expect((await api.node()).meta).toMatchObject({ rack: 'r' });
    });

    test('a change wakes who waits, and an aborted wait ends at once', async () => {
      const { api } = current();
      const version = await api.changed(0, forever);
      const next = api.changed(version, forever);
      const abort = new AbortController();
      const abandoned = api.changed(version, abort.signal);
      abort.abort();
      expect(await abandoned).toBe(version);
      await api.registerService(service({ name: 'web' }), { replaceExistingChecks: false });
      expect(await next).toBeGreaterThan(version);
    });
  });
}
