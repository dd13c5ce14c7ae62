import { join } from 'node:path';
import { credentials, loadPackageDefinition, type GrpcObject, type ServiceClientConstructor } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { Metrics, silentLogger, systemClock, systemRandom } from '@tribune/platform';
import {
  connectCatalog,
  connectKv,
  GrpcServer,
  PROTO_ROOT,
  type CatalogApi,
  type CatalogRegistration,
  type KvApi,
  type Watch,
} from '@tribune/protocol';
import { LocalState } from '@tribune/testkit';
import { publicApiDefaults } from './options';
import { createPublicApi, servePublicGrpc, type PublicApi } from './public-api';

const text = (value: string): Uint8Array => Buffer.from(value);

function registration(node: string, service: string, port: number, status = 'passing'): CatalogRegistration {
  return {
    node: { id: '', node, address: '10.0.0.1', datacenter: '', taggedAddresses: null, meta: { os: 'linux' } },
    service: {
      id: '',
      service,
      kind: '',
      tags: ['v1'],
      address: '',
      port,
      taggedAddresses: { lan: { address: '10.0.0.9', port: 1 } },
      meta: null,
      weights: { passing: 3, warning: 2 },
      enableTagOverride: false,
      proxy: { Config: { limit: 9223372036854775807n } },
      connectNative: false,
    },
    checks: [
      {
        node,
        checkId: `${service}-alive`,
        name: 'alive',
        status,
        notes: '',
        output: 'fine',
        serviceId: service,
        serviceName: '',
        serviceTags: null,
        type: 'ttl',
        definition: {},
      },
    ],
  };
}

/** Takes events one by one, so that a test says what must come next. */
class Reader<Event> {
  private readonly aborter: AbortController;
  private readonly iterator: AsyncIterator<Event>;

  constructor(open: (signal: AbortSignal) => Watch<Event>) {
    this.aborter = new AbortController();
    this.iterator = open(this.aborter.signal)[Symbol.asyncIterator]();
  }

  async next(): Promise<Event> {
    const { value, done } = await this.iterator.next();
    if (done) throw new Error('the watch ended');
    return value as Event;
  }

  async close(): Promise<void> {
    const end = this.iterator.next();
    this.aborter.abort();
    await end;
  }
}

const bindings = ['in the process', 'over gRPC'] as const;

describe.each(bindings)('the public API %s', (binding) => {
  let state: LocalState;
  let api: PublicApi;
  let server: GrpcServer;
  let catalog: CatalogApi;
  let kv: KvApi;
  const closers: (() => void)[] = [];

  beforeEach(async () => {
    state = new LocalState(systemClock);
    const options = { ...publicApiDefaults, leaderHoldMs: 50, watch: { ...publicApiDefaults.watch, deltasMax: 4 } };
    const metrics = new Metrics();
    api = createPublicApi(options, { state, view: state.view, clock: systemClock, random: systemRandom, metrics });
    server = new GrpcServer({ address: '127.0.0.1:0' }, silentLogger);
    servePublicGrpc(server, api);
    await server.start();
    if (binding === 'in the process') {
      ({ catalog, kv } = api);
      return;
    }
    const address = `127.0.0.1:${server.port}`;
    const clients = { catalog: connectCatalog({ address }), kv: connectKv({ address }) };
    ({ catalog, kv } = clients);
    closers.push(
      () => clients.catalog.close(),
      () => clients.kv.close(),
    );
  });

  afterEach(async () => {
    for (const close of closers.splice(0)) close();
    api.close();
    await server.stop();
    state.stop();
  });

  it('registers, lists and finds instances, with every field as it was given', async () => {
    const { revision } = await catalog.register(registration('n1', 'web', 80));
    const { value } = await catalog.instances({ service: 'web' });
    expect(value).toMatchObject([
      {
        node: { node: 'n1', datacenter: 'dc1', meta: { os: 'linux' }, taggedAddresses: null, modifyIndex: revision },
        service: {
          node: 'n1',
          id: 'web',
          port: 80,
          tags: ['v1'],
          weights: { passing: 3, warning: 2 },
          taggedAddresses: { lan: { address: '10.0.0.9', port: 1 } },
          proxy: { Config: { limit: 9223372036854775807n } },
        },
        checks: [{ checkId: 'web-alive', status: 'passing', output: 'fine', serviceName: 'web' }],
      },
    ]);
    expect((await catalog.listServices()).value).toEqual([{ service: 'web', tags: ['v1'] }]);
    expect((await catalog.listNodes()).value).toMatchObject([{ node: 'n1' }]);
    await catalog.deregister({ node: 'n1', serviceId: 'web' });
    expect((await catalog.instances({ service: 'web', consistency: 'stale' })).value).toEqual([]);
  });

  it('finds instances by health, tag and own address', async () => {
    await catalog.register(registration('n1', 'web', 80));
    const sick = registration('n2', 'web', 81, 'critical');
    await catalog.register({ ...sick, service: { ...sick.service!, address: '10.9.9.9', tags: ['v2'] } });
    const ports = async (query: object): Promise<number[]> =>
      (await catalog.instances({ service: 'web', ...query })).value.map(({ service }) => service.port);
    expect(await ports({})).toEqual([80, 81]);
    expect(await ports({ passingOnly: true })).toEqual([80]);
    expect(await ports({ tags: ['v2'] })).toEqual([81]);
    expect(await ports({ service: '', address: '10.9.9.9' })).toEqual([81]);
  });

  it.each([
    ['node.node', { node: { ...registration('', 'web', 80).node } }],
    ['node.id', { node: { ...registration('n1', 'web', 80).node, id: 'x' } }],
    ['node.datacenter', { node: { ...registration('n1', 'web', 80).node, datacenter: 'moon' } }],
    ['service.service', { ...registration('n1', '', 80) }],
    ['service.port', registration('n1', 'web', 70_000)],
    ['checks[0].status', registration('n1', 'web', 80, 'splendid')],
  ])('names the field %s when it is wrong', async (field, wrong) => {
    await expect(catalog.register(wrong)).rejects.toMatchObject({ detail: { code: 'INVALID_ARGUMENT', field } });
  });

  it('keeps 64-bit flags exact, and compares and sets', async () => {
    const flags = 18446744073709551615n;
    const { revision, written } = await kv.put({ key: 'a b/ç%', value: text('1'), flags });
    expect(written).toBe(true);
    const { value } = await kv.get('a b/ç%');
    expect(value).toMatchObject({ flags, modifyIndex: revision });
    expect(Buffer.from(value!.value).toString()).toBe('1');
    const cas = (modifyIndex: number) =>
      kv.put({ key: 'a b/ç%', value: text('2'), condition: { kind: 'cas', modifyIndex } });
    expect((await cas(revision + 1)).written).toBe(false);
    expect((await cas(revision)).written).toBe(true);
    expect((await kv.get('nothing')).value).toBeUndefined();
    expect((await kv.delete({ key: 'a b/ç%', cas: revision })).deleted).toBe(false);
    expect((await kv.delete({ key: 'a b/ç%' })).deleted).toBe(true);
  });

  it('lists entries and keys, and deletes trees', async () => {
    for (const key of ['a/1', 'a/b/2', 'a/b/3', 'z']) await kv.put({ key, value: text(key) });
    expect((await kv.list({ prefix: 'a/' })).value.map(({ key }) => key)).toEqual(['a/1', 'a/b/2', 'a/b/3']);
    expect((await kv.listKeys({ prefix: 'a/', separator: '/' })).value).toEqual(['a/1', 'a/b/']);
    await kv.delete({ key: 'a/', prefix: true });
    expect((await kv.listKeys({ prefix: '' })).value).toEqual(['z']);
  });

  it('runs transactions: all or nothing, and reads in one go', async () => {
    await kv.put({ key: 'x', value: text('1') });
    const committed = await kv.txn([
      { verb: 'get', key: 'x' },
      { verb: 'set', key: 'y', value: text('2'), flags: 7n },
    ]);
    expect(committed).toMatchObject({ committed: true, results: [{ key: 'x' }, { key: 'y', flags: 7n }] });
    const refused = await kv.txn([
      { verb: 'set', key: 'z', value: text('3'), flags: 0n },
      { verb: 'check-not-exists', key: 'x' },
    ]);
    expect(refused).toMatchObject({ committed: false, errors: [{ opIndex: 1 }] });
    expect((await kv.get('z')).value).toBeUndefined();
    expect(await kv.txn([{ verb: 'get-tree', key: '' }])).toMatchObject({
      committed: true,
      results: [{ key: 'x' }, { key: 'y' }],
    });
  });

  it('refuses what cannot be: empty keys, large values, unknown sessions', async () => {
    await expect(kv.put({ key: '', value: text('') })).rejects.toMatchObject({ detail: { field: 'key' } });
    const large = Buffer.alloc(512 * 1024 + 1);
    await expect(kv.put({ key: 'k', value: large })).rejects.toMatchObject({
      detail: { code: 'INVALID_ARGUMENT', field: 'value' },
    });
    const session = '00000000-0000-0000-0000-00000000dead';
    const acquire = kv.put({ key: 'k', value: text(''), condition: { kind: 'acquire', session } });
    await expect(acquire).rejects.toMatchObject({ code: 'FAILED_PRECONDITION' });
    const many = Array.from({ length: 65 }, () => ({ verb: 'get', key: 'k' }) as const);
    await expect(kv.txn(many)).rejects.toMatchObject({ detail: { field: 'ops' } });
  });

  it('says UNAVAILABLE without a leader, but answers stale reads', async () => {
    await kv.put({ key: 'k', value: text('1') });
    state.setLeading(false);
    await expect(kv.put({ key: 'k', value: text('2') })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await expect(kv.get('k')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect((await kv.get('k', { consistency: 'stale' })).value).toMatchObject({ key: 'k' });
  });

  it('watches a service: a snapshot, then deltas in order', async () => {
    await catalog.register(registration('n1', 'web', 80));
    const reader = new Reader((signal) => catalog.watch('web', {}, signal));
    const first = await reader.next();
    expect(first).toMatchObject({ kind: 'snapshot', items: [{ service: { port: 80 } }] });
    await catalog.register(registration('n2', 'web', 81));
    const second = await reader.next();
    expect(second).toMatchObject({ kind: 'delta', upserts: [{ node: { node: 'n2' } }], removals: [] });
    await catalog.register(registration('other', 'unrelated', 1));
    await catalog.deregister({ node: 'n1' });
    const third = await reader.next();
    expect(third).toMatchObject({ kind: 'delta', upserts: [], removals: [{ node: 'n1', serviceId: 'web' }] });
    expect([first.revision < second.revision, second.revision < third.revision]).toEqual([true, true]);
    await reader.close();
  });

  it('resumes a watch with exactly what was missed, or with a snapshot when that is gone', async () => {
    await kv.put({ key: 'p/1', value: text('1') });
    const before = new Reader((signal) => kv.watch('p/', {}, signal));
    const { revision } = await before.next();
    await before.close();
    await kv.put({ key: 'p/2', value: text('2') });
    await kv.put({ key: 'q', value: text('elsewhere') });
    await kv.delete({ key: 'p/1' });

    const resumed = new Reader((signal) => kv.watch('p/', { fromRevision: revision }, signal));
    expect(await resumed.next()).toMatchObject({ kind: 'delta', upserts: [{ key: 'p/2' }], removals: [] });
    const last = await resumed.next();
    expect(last).toMatchObject({ kind: 'delta', upserts: [], removals: ['p/1'] });
    await resumed.close();

    const { history } = last;
    const upToDate = new Reader((signal) => kv.watch('p/', { fromRevision: last.revision, history }, signal));
    expect(await upToDate.next()).toMatchObject({ kind: 'delta', upserts: [], removals: [] });
    await upToDate.close();

    for (let i = 0; i < 6; i++) await kv.put({ key: `p/${i}`, value: text('new') });
    const late = new Reader((signal) => kv.watch('p/', { fromRevision: revision }, signal));
    const snapshot = await late.next();
    expect(snapshot.kind).toBe('snapshot');
    expect(snapshot.kind === 'snapshot' && snapshot.items).toHaveLength(6);
    await late.close();
  });

  it('watches names and nodes as they come and go', async () => {
    await catalog.register(registration('n1', 'web', 80));
    const names = new Reader((signal) => catalog.watchServices({}, signal));
    const nodes = new Reader((signal) => catalog.watchNodes({}, signal));
    expect(await names.next()).toMatchObject({ kind: 'snapshot', items: ['web'] });
    expect(await nodes.next()).toMatchObject({ kind: 'snapshot', items: [{ node: 'n1' }] });
    // The same instance under a new name: one name goes, one comes.
    const renamed = registration('n1', 'api', 80);
    await catalog.register({ ...renamed, service: { ...renamed.service!, id: 'web' }, checks: [] });
    expect(await names.next()).toMatchObject({ kind: 'delta', upserts: ['api'], removals: ['web'] });
    await catalog.deregister({ node: 'n1' });
    expect(await names.next()).toMatchObject({ kind: 'delta', removals: ['api'] });
    expect(await nodes.next()).toMatchObject({ kind: 'delta', removals: ['n1'] });
    await names.close();
    await nodes.close();
  });

  it('gives a watcher that is far behind a snapshot, and never the same thing twice', async () => {
    const reader = new Reader((signal) => kv.watch('', {}, signal));
    await reader.next();
    for (let i = 0; i < 50; i++) await kv.put({ key: `k${i % 7}`, value: text(String(i)) });
    const seen = new Map<string, string>();
    let revision = 0;
    while (seen.get('k0') !== '49') {
      const event = await reader.next();
      expect(event.revision).toBeGreaterThan(revision);
      revision = event.revision;
      if (event.kind === 'snapshot') seen.clear();
      for (const entry of event.kind === 'snapshot' ? event.items : event.upserts) {
        seen.set(entry.key, Buffer.from(entry.value).toString());
      }
    }
    expect([...seen].sort()).toEqual([0, 1, 2, 3, 4, 5, 6].map((i) => [`k${i}`, String(43 + ((i + 6) % 7))]));
    await reader.close();
  });

  it('sends a snapshot larger than a message in parts', async () => {
    for (let i = 0; i < 12; i++) await kv.put({ key: `big/${i}`, value: Buffer.alloc(512 * 1024, i) });
    const reader = new Reader((signal) => kv.watch('big/', {}, signal));
    const event = await reader.next();
    const items = event.kind === 'snapshot' ? event.items : [];
    expect(items.map(({ value }) => value[0])).toEqual(
      (await kv.list({ prefix: 'big/' })).value.map(({ value }) => value[0]),
    );
    expect(items).toHaveLength(12);
    await reader.close();
  });
});

describe('a client that knows nothing but the proto files', () => {
  it('registers a service and watches it, with options of its own', async () => {
    const state = new LocalState(systemClock);
    const api = createPublicApi(publicApiDefaults, {
      state,
      view: state.view,
      clock: systemClock,
      random: systemRandom,
      metrics: new Metrics(),
    });
    const server = new GrpcServer({ address: '127.0.0.1:0' }, silentLogger);
    servePublicGrpc(server, api);
    await server.start();

    const definition = loadSync(join(PROTO_ROOT, 'tribune/catalog/v1/catalog.proto'), { keepCase: true });
    const root = loadPackageDefinition(definition) as unknown as { tribune: { catalog: { v1: GrpcObject } } };
    const Catalog = root.tribune.catalog.v1.Catalog as ServiceClientConstructor;
    const client = new Catalog(`127.0.0.1:${server.port}`, credentials.createInsecure());
    const call = (method: string, request: object): Promise<Record<string, unknown>> =>
      new Promise((resolve, reject) =>
        client[method]!(request, (error: Error | null, response: Record<string, unknown>) =>
          error ? reject(error) : resolve(response),
        ),
      );

    await call('Register', { node: { node: 'n1', address: '10.0.0.1' }, service: { service: 'web', port: 80 } });
    const watch = client.Watch!({ service: 'web' });
    const event = await new Promise<{ snapshot: { instances: { service: { service: string; weights: object } }[] } }>(
      (resolve) => watch.once('data', resolve),
    );
    expect(event.snapshot.instances[0]!.service).toMatchObject({
      service: 'web',
      port: 80,
      weights: { passing: 1, warning: 1 },
    });
    watch.on('error', () => undefined);
    watch.cancel();
    await expect(call('Register', { node: { node: 'n1' } })).rejects.toThrow(
      /INVALID_ARGUMENT: node\.address: is empty/,
    );
    await expect(call('Register', {})).rejects.toThrow(/INVALID_ARGUMENT: node: is missing/);

    client.close();
    api.close();
    await server.stop();
    state.stop();
  });
});
