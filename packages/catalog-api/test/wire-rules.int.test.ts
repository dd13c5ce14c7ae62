import { startHarness, type Harness } from './harness/agent-harness';
import { asking, indexOf, jsonOf, textOf, type Ask } from './harness/ask';

/** What the clients of the ecosystem rely on, seen in their sources: one test per rule. */
let harness: Harness;
let ask: Ask;

beforeAll(async () => {
  harness = await startHarness();
  ask = asking(harness);
});
afterAll(() => harness.stop());

interface KvJson {
  readonly Key: string;
  readonly Value: string | null;
  readonly ModifyIndex: number;
  readonly LockIndex: number;
}

describe('flags are 64 bits wide', () => {
  test.each(['3304740253564472344', '16210313421097356768', '18446744073709551615', '9007199254740993'])(
    '%s',
    async (flags) => {
      await ask(`PUT /v1/kv/flags?flags=${flags}`, 'x');
      expect(textOf(await ask('GET /v1/kv/flags'))).toContain(`"Flags": ${flags},`);
      await ask('PUT /v1/txn', `[{"KV":{"Verb":"set","Key":"flags/txn","Value":"eA==","Flags":${flags}}}]`);
      const read = await ask('PUT /v1/txn', '[{"KV":{"Verb":"get","Key":"flags/txn"}}]');
      expect(textOf(read)).toContain(`"Flags": ${flags},`);
    },
  );
});

describe('the index of a read', () => {
  test('of a key is its ModifyIndex and rests while other keys change', async () => {
    await ask('PUT /v1/kv/idx/a', '1');
    const first = await ask('GET /v1/kv/idx/a');
    await ask('PUT /v1/kv/idx/b', '1');
    const second = await ask('GET /v1/kv/idx/a');
    expect(indexOf(first)).toBe(jsonOf<KvJson[]>(first)[0]!.ModifyIndex);
    expect(indexOf(second)).toBe(indexOf(first));
  });

  test('is there on a 404 and at least 1', async () => {
    const missing = await ask('GET /v1/kv/idx/none');
    expect([missing.status, indexOf(missing) >= 1]).toEqual([404, true]);
  });

  test('never falls, through puts, deletes and misses', async () => {
    const seen: number[] = [];
    for (const line of ['PUT /v1/kv/idx/c', 'DELETE /v1/kv/idx/c', 'PUT /v1/kv/idx/c']) {
      await ask(line, 'x');
      seen.push(indexOf(await ask('GET /v1/kv/idx/c')));
    }
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });
});

test.each(['60000ms', '2m', '9.5s', '1m30.5s', '1h'])('wait=%s is a duration', async (wait) => {
  expect((await ask(`GET /v1/catalog/services?index=1&wait=${wait}`)).status).toBe(200);
});

test('a blocking query waits its time', async () => {
  await ask('PUT /v1/kv/jitter', 'x');
  const index = indexOf(await ask('GET /v1/kv/jitter'));
  const { elapsedMs } = await ask(`GET /v1/kv/jitter?index=${index}&wait=800ms`);
  expect(elapsedMs).toBeGreaterThanOrEqual(795);
});

test.each(['stale', 'stale=', 'recurse&stale=1', 'consistent', 'cached', 'keys', 'recurse=true'])(
  '?%s needs no value',
  async (flag) => {
    await ask('PUT /v1/kv/bare', 'x');
    expect((await ask(`GET /v1/kv/bare?${flag}`)).status).toBe(200);
  },
);

test('sessions take lower-case members and lock delays as text or number', async () => {
  const delayOf = async (body: string): Promise<number> => {
    const { ID } = jsonOf<{ ID: string }>(await ask('PUT /v1/session/create', body));
    return jsonOf<{ LockDelay: number }[]>(await ask(`GET /v1/session/info/${ID}`))[0]!.LockDelay;
  };
  expect(await delayOf('{"name":"x","behavior":"delete","lockdelay":"0.001s","ttl":"15s"}')).toBe(1_000_000);
  expect(await delayOf('{"LockDelay":5}')).toBe(5_000_000_000);
  expect(await delayOf('{"LockDelay":5000000000}')).toBe(5_000_000_000);
  expect(await delayOf('')).toBe(15_000_000_000);
});

test('a compare-and-set that fails is 200 false, cas=0 only creates, an empty value is null', async () => {
  const put = async (query: string): Promise<[number, string]> => {
    const answer = await ask(`PUT /v1/kv/cas?${query}`, '');
    return [answer.status, textOf(answer).trim()];
  };
  expect(await put('cas=0')).toEqual([200, 'true']);
  expect(await put('cas=0')).toEqual([200, 'false']);
  expect(await put('cas=99999')).toEqual([200, 'false']);
  expect(jsonOf<KvJson[]>(await ask('GET /v1/kv/cas'))[0]!.Value).toBeNull();
});

describe('error texts that clients match', () => {
  test.each([
    ['PUT /v1/session/create', '{"TTL":"1s"}', 500, /^Invalid Session TTL/],
    ['PUT /v1/kv/x?acquire=11111111-2222-3333-4444-555555555555', 'x', 500, /^invalid session/],
    ['PUT /v1/kv/x', 'x'.repeat(524_289), 413, /too large/],
    [
      'PUT /v1/txn',
      JSON.stringify(Array.from({ length: 129 }, () => ({ KV: { Verb: 'get', Key: 'a' } }))),
      413,
      /too many operations \(129 > 128\)/,
    ],
    ['GET /v1/catalog/nodes?dc=elsewhere', undefined, 500, /^No path to datacenter$/],
  ])('%s', async (line, body, status, text) => {
    const answer = await ask(line, body);
    expect(answer.status).toBe(status);
    expect(textOf(answer)).toMatch(text);
  });
});

test.each([
  ['%C3%A7', 'ç'],
  ['sp%20ace', 'sp ace'],
  ['a:b', 'a:b'],
  ['100%25', '100%'],
  ['en%2Fco', 'en/co'],
  ['pl+us', 'pl+us'],
])('key %s is %s', async (encoded, key) => {
  expect((await ask(`PUT /v1/kv/keys/${encoded}`, 'v')).status).toBe(200);
  expect(jsonOf<KvJson[]>(await ask(`GET /v1/kv/keys/${encoded}`))[0]!.Key).toBe(`keys/${key}`);
});

test('raw UTF-8 in a request line is the same key as its escapes', async () => {
  await ask('PUT /v1/kv/keys/%C3%A7', 'cedilla');
  expect(textOf(await ask(`GET ${Buffer.from('/v1/kv/keys/ç?raw').toString('latin1')}`))).toBe('cedilla');
});

test('a key that is not UTF-8 is refused rather than mixed up with another', async () => {
  expect((await ask('PUT /v1/kv/keys/%E7', 'x')).status).toBe(400);
});

test('a key cannot begin with a slash or climb out', async () => {
  expect((await ask('PUT /v1/kv//x', 'v')).status).toBe(301);
  expect((await ask('PUT /v1/kv/../x', 'v')).status).toBe(301);
});

test('catalog and health list the instances of a service in the same order', async () => {
  for (const [node, id] of [
    ['n3', 'z'],
    ['n1', 'b'],
    ['n2', 'a'],
    ['n1', 'a'],
  ] as const) {
    await ask('PUT /v1/catalog/register', {
      Node: node,
      Address: '10.0.0.1',
      Service: { ID: id, Service: 'ordered', Port: 1 },
    });
  }
  const catalog = jsonOf<{ Node: string; ServiceID: string; ServiceAddress: string }[]>(
    await ask('GET /v1/catalog/service/ordered'),
  );
  const health = jsonOf<{ Node: { Node: string }; Service: { ID: string; Address: string } }[]>(
    await ask('GET /v1/health/service/ordered'),
  );
  expect(health.map(({ Node, Service }) => [Node.Node, Service.ID])).toEqual(
    catalog.map(({ Node, ServiceID }) => [Node, ServiceID]),
  );
  expect(catalog).toHaveLength(4);
  // No address of its own is the empty text: clients then use the node's.
  expect(health.map(({ Service }) => Service.Address)).toEqual(['', '', '', '']);
});

test('there is a service named consul', async () => {
  expect(Object.keys(jsonOf(await ask('GET /v1/catalog/services')))).toContain('consul');
});

test('status/leader is a JSON string', async () => {
  expect(typeof jsonOf(await ask('GET /v1/status/leader'))).toBe('string');
});

test.each([
  ['?token=x', {}],
  ['', { 'X-Consul-Token': 'x' }],
  ['', { Authorization: 'Bearer x' }],
  ['', { Authorization: 'Basic Og==' }],
])('credentials are tolerated: %s %j', async (query, headers) => {
  expect((await ask(`GET /v1/catalog/services${query}`, undefined, headers as Record<string, string>)).status).toBe(
    200,
  );
});

test('a filter may match by regular expression', async () => {
  await ask('PUT /v1/catalog/register', { Node: 'n1', Address: '10.0.0.1', Service: { Service: 'rx-1' } });
  const filter = encodeURIComponent('ServiceName matches "^rx-[0-9]$"');
  expect(jsonOf<object[]>(await ask(`GET /v1/catalog/service/rx-1?filter=${filter}`))).toHaveLength(1);
});

test('near takes this agent and any node', async () => {
  expect((await ask('GET /v1/catalog/nodes?near=_agent')).status).toBe(200);
  expect((await ask('GET /v1/health/service/consul?near=nobody')).status).toBe(200);
});

test('a session lives twice its TTL at most and at least once', async () => {
  const { ID } = jsonOf<{ ID: string }>(await ask('PUT /v1/session/create', '{"TTL":"10s"}'));
  expect(jsonOf<object[]>(await ask(`PUT /v1/session/renew/${ID}`))).toHaveLength(1);
});

test('an answer to a plain reader, a compressed one and a repeated one is the same', async () => {
  await ask('PUT /v1/kv/same', 'x'.repeat(2_000));
  const texts: string[] = [];
  for (const headers of [{}, {}, {}, { 'Accept-Encoding': 'gzip' }, { 'Accept-Encoding': 'gzip' }]) {
    texts.push(textOf(await ask('GET /v1/kv/same', undefined, headers as Record<string, string>)));
  }
  expect(new Set(texts).size).toBe(1);
});

test('a read sees every write that was acknowledged before it', async () => {
  for (let i = 0; i < 20; i++) {
    await ask('PUT /v1/kv/fresh', String(i));
    expect(textOf(await ask('GET /v1/kv/fresh?raw'))).toBe(String(i));
  }
});

test.each(['GET', 'POST', 'OPTIONS'])(
  '%s / says that an agent is here, as Consul without its web UI does',
  async (method) => {
    const answer = await ask(`${method} /`);
    expect([answer.status, answer.headers['content-type'], textOf(answer)]).toEqual([
      200,
      'text/plain; charset=utf-8',
      'Consul Agent',
    ]);
    expect((await ask(`${method} /foo`)).status).toBe(404);
  },
);
