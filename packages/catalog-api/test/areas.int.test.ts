import { startHarness, type Harness } from './harness/agent-harness';
import { asking, indexOf, jsonOf, textOf, type Ask } from './harness/ask';

/** The areas that the recorded cases do not reach; answers were compared with Consul 1.8.7 by hand. */
let harness: Harness;
let ask: Ask;

beforeAll(async () => {
  harness = await startHarness();
  ask = asking(harness);
});
afterAll(() => harness.stop());

describe('txn', () => {
  const run = async (operations: unknown, query = ''): Promise<[number, Record<string, unknown>]> => {
    const answer = await ask(`PUT /v1/txn${query}`, operations as object);
    return [answer.status, jsonOf<Record<string, unknown>>(answer)];
  };

  test('writes answer results without values, reads with', async () => {
    const [status, body] = await run([
      { KV: { Verb: 'set', Key: 't/a', Value: 'aGk=' } },
      { KV: { Verb: 'get', Key: 't/a' } },
    ]);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      Results: [{ KV: { Key: 't/a', Value: null } }, { KV: { Value: 'aGk=' } }],
      Errors: null,
    });
    expect(body).not.toHaveProperty('KnownLeader');
  });

  test('all or nothing, every error named', async () => {
    const [status, body] = await run([
      { KV: { Verb: 'set', Key: 't/never', Value: 'aGk=' } },
      { KV: { Verb: 'cas', Key: 't/a', Index: 1 } },
      { KV: { Verb: 'get', Key: 't/none' } },
    ]);
    expect([status, body]).toEqual([
      409,
      {
        Results: null,
        Errors: [
          { OpIndex: 1, What: 'failed to set key "t/a", index is stale' },
          { OpIndex: 2, What: 'key "t/none" doesn\'t exist' },
        ],
      },
    ]);
    expect((await ask('GET /v1/kv/t/never')).status).toBe(404);
  });

  test('a transaction that only reads says how fresh it is', async () => {
    const [status, body] = await run([{ KV: { Verb: 'get-tree', Key: 't/' } }], '?stale');
    expect(status).toBe(200);
    expect(body).toMatchObject({ Index: 0, LastContact: 0, KnownLeader: true, ConsistencyLevel: '' });
    expect((await ask('PUT /v1/txn', [])).headers).toMatchObject({ 'x-consul-knownleader': 'true' });
  });

  test('nodes, services and checks take part', async () => {
    const [status, body] = await run([
      { Node: { Verb: 'set', Node: { Node: 'tn', Address: '10.0.0.1' } } },
      { Service: { Verb: 'set', Node: 'tn', Service: { ID: 'ts', Service: 'ts', Port: 1 } } },
      { Check: { Verb: 'set', Check: { Node: 'tn', CheckID: 'tc', Name: 'tc', Status: 'passing', ServiceID: 'ts' } } },
    ]);
    expect(status).toBe(200);
    expect(body.Results).toMatchObject([
      { Node: { Node: 'tn' } },
      { Service: { ID: 'ts' } },
      { Check: { CheckID: 'tc' } },
    ]);
    expect(jsonOf<object[]>(await ask('GET /v1/health/service/ts?passing'))).toHaveLength(1);
  });

  test('reads among writes need no more than reads alone', async () => {
    const [, body] = await run([
      { KV: { Verb: 'lock', Key: 'mixed' } },
      { Service: { Verb: 'get', Node: 'nobody', Service: { ID: 'x' } } },
      { Node: { Verb: 'get', Node: { Node: 'nobody', ID: 'no uuid' } } },
    ]);
    expect(body.Errors).toMatchObject([{ OpIndex: 0, What: 'missing session' }, { OpIndex: 1 }, { OpIndex: 2 }]);
  });

  test.each([
    [[{ KV: { Verb: 'nope', Key: 'a' } }], 'unknown KV verb "nope"'],
    [[{ KV: { Verb: 'set', Key: '' } }], 'Must provide key'],
    [[{ Service: { Verb: 'frob', Node: 'n', Service: { ID: 'x' } } }], 'Must provide service name with ID'],
  ])('%j is refused', async (operations, what) => {
    const [status, body] = await run(operations);
    expect([status, body.Errors]).toEqual([409, [{ OpIndex: 0, What: what }]]);
  });
});

test('a deregistration may carry an address, as old clients send it', async () => {
  const answer = await ask('PUT /v1/catalog/deregister', { Node: 'nobody', Address: '10.0.0.1', ServiceID: 'x' });
  expect([answer.status, textOf(answer).trim()]).toEqual([200, 'true']);
});

describe('operator', () => {
  test('autopilot has its defaults, keeps what is set, and compares before it sets', async () => {
    const read = async (): Promise<Record<string, unknown>> =>
      jsonOf(await ask('GET /v1/operator/autopilot/configuration'));
    expect(await read()).toMatchObject({
      CleanupDeadServers: true,
      LastContactThreshold: '200ms',
      MaxTrailingLogs: 250,
    });
    expect(
      textOf(
        await ask('PUT /v1/operator/autopilot/configuration', {
          CleanupDeadServers: false,
          LastContactThreshold: '300ms',
        }),
      ).trim(),
    ).toBe('true');
    const { ModifyIndex, ...set } = await read();
    expect(set).toMatchObject({ CleanupDeadServers: false, LastContactThreshold: '300ms', MaxTrailingLogs: 0 });
    expect(textOf(await ask('PUT /v1/operator/autopilot/configuration?cas=1', {})).trim()).toBe('false');
    expect(textOf(await ask(`PUT /v1/operator/autopilot/configuration?cas=${String(ModifyIndex)}`, {})).trim()).toBe(
      'true',
    );
  });

  test.each([
    [
      'PUT /v1/operator/autopilot/configuration?cas=abc',
      'Bad request: Error parsing cas value: strconv.ParseUint: parsing "abc": invalid syntax',
      '{}',
    ],
    [
      'PUT /v1/operator/autopilot/configuration',
      'Bad request: Error parsing autopilot config: time: missing unit in duration "5"',
      '{"LastContactThreshold":"5"}',
    ],
    [
      'DELETE /v1/operator/raft/peer',
      "Bad request: Must specify either ?id with the server's ID or ?address with IP:port of peer to remove",
      '',
    ],
    ['DELETE /v1/operator/raft/peer?id=a&address=b', 'Bad request: Must specify only one of ?id or ?address', ''],
  ])('%s: %s', async (line, sentence, body) => {
    const answer = await ask(line, body);
    expect([answer.status, textOf(answer)]).toEqual([400, sentence]);
  });

  test('the Raft configuration and the health of its servers', async () => {
    const { Servers } = jsonOf<{ Servers: object[] }>(await ask('GET /v1/operator/raft/configuration'));
    expect(Servers).toMatchObject([{ Leader: true, Voter: true, ProtocolVersion: '3' }]);
    const health = await ask('GET /v1/operator/autopilot/health');
    expect([health.status, jsonOf(health)]).toMatchObject([
      200,
      { Healthy: true, FailureTolerance: 0, Servers: [{ SerfStatus: 'alive', Version: '1.8.7' }] },
    ]);
  });
});

describe('events', () => {
  test('a fired event is listed, and its id folded to the index', async () => {
    const fired = jsonOf<{ ID: string; LTime: number }>(
      await ask('PUT /v1/event/fire/deploy?node=^conf-node$', 'payload'),
    );
    expect(fired.LTime).toBe(0);
    const list = await ask('GET /v1/event/list?name=deploy');
    expect(jsonOf(list)).toMatchObject([
      { ID: fired.ID, Payload: 'cGF5bG9hZA==', NodeFilter: '^conf-node$', LTime: 2 },
    ]);
    expect(list.headers['x-consul-index']).toMatch(/^\d+$/);
  });

  test('a list blocks until the next event, with an index of 64 bits', async () => {
    await ask('PUT /v1/event/fire/one');
    const index = (await ask('GET /v1/event/list')).headers['x-consul-index'];
    const waiting = ask(`GET /v1/event/list?index=${index}&wait=30s`);
    await ask('PUT /v1/event/fire/elsewhere?node=other');
    await ask('PUT /v1/event/fire/two');
    const names = jsonOf<{ Name: string }[]>(await waiting).map(({ Name }) => Name);
    expect(names[names.length - 1]).toBe('two');
    expect(names).not.toContain('elsewhere');
  });

  test.each([
    ['/v1/event/fire/', 400, 'Missing name'],
    ['/v1/event/fire/x?node=%5B', 500, 'Invalid node filter: error parsing regexp: missing closing ]: `[`'],
    ['/v1/event/fire/x?tag=a', 500, 'Cannot provide tag filter without service filter'],
  ])('%s', async (target, status, sentence) => {
    const answer = await ask(`PUT ${target}`);
    expect([answer.status, textOf(answer)]).toEqual([status, sentence]);
  });
});

describe('coordinates', () => {
  const coord = { Vec: [0.1, 0, 0, 0, 0, 0, 0, 0], Error: 1.5, Adjustment: 0, Height: 0.001 };

  test('an update of a known node reads back, by node and in the list', async () => {
    expect((await ask('PUT /v1/coordinate/update', { Node: 'conf-node', Coord: coord })).status).toBe(200);
    const row = { Node: 'conf-node', Segment: '', Coord: coord };
    expect(jsonOf(await ask('GET /v1/coordinate/node/conf-node'))).toEqual([row]);
    expect(jsonOf(await ask('GET /v1/coordinate/nodes'))).toEqual([row]);
    expect(jsonOf(await ask('GET /v1/coordinate/nodes?segment=other'))).toEqual([]);
  });

  test('a node without one is 404 with an index', async () => {
    const missing = await ask('GET /v1/coordinate/node/nobody');
    expect([missing.status, textOf(missing), indexOf(missing) >= 1]).toEqual([404, '', true]);
  });

  test('datacenters come from the WAN pool', async () => {
    expect(jsonOf(await ask('GET /v1/coordinate/datacenters'))).toMatchObject([
      { Datacenter: 'dc1', AreaID: 'wan', Coordinates: [{ Node: 'conf-node' }] },
    ]);
  });

  test.each([{ Node: 'x', Coord: { Vec: [1] } }, {}])('%j is an incompatible coordinate', async (body) => {
    const answer = await ask('PUT /v1/coordinate/update', body);
    expect([answer.status, textOf(answer)]).toEqual([500, 'incompatible coordinate']);
  });
});

describe('what this agent does not have, it says', () => {
  test.each([
    ['GET /v1/connect/ca/roots', 500, 'Connect must be enabled in order to use this endpoint'],
    ['GET /v1/connect/intentions/match', 500, "required query parameter 'by' not set"],
    ['GET /v1/connect/intentions/match?by=x', 500, "'by' parameter must be one of 'source' or 'destination'"],
    ['GET /v1/connect/intentions/match?by=source', 500, "required query parameter 'name' not set"],
    ['GET /v1/query/8f246b77-f3e1-ff88-5b48-8ec93abf3e05', 404, 'Query not found'],
    ['GET /v1/query/nope', 500, 'failed prepared query lookup: index error: UUID must be 36 characters'],
    ['GET /v1/query/x/execute', 404, 'Query not found'],
    ['POST /v1/query', 501, 'This agent does not store prepared queries'],
  ])('%s', async (line, status, sentence) => {
    const answer = await ask(line);
    expect([answer.status, textOf(answer)]).toEqual([status, sentence]);
  });

  test('empty lists are empty', async () => {
    for (const target of ['/v1/connect/intentions', '/v1/query'])
      expect(jsonOf(await ask(`GET ${target}`))).toEqual([]);
  });
});

test('without a leader a default read fails, a stale one answers', async () => {
  const alone = await startHarness({ leaderHoldMs: 100 });
  const askAlone = asking(alone);
  await askAlone('PUT /v1/kv/a', 'x');
  alone.state.setLeading(false);
  const answer = await askAlone('GET /v1/kv/a');
  expect([answer.status, textOf(answer)]).toEqual([500, 'No cluster leader']);
  const stale = await askAlone('GET /v1/kv/a?stale&raw');
  expect([stale.status, textOf(stale), stale.headers['x-consul-knownleader']]).toEqual([200, 'x', 'false']);
  expect(textOf(await askAlone('GET /v1/status/leader')).trim()).toBe('""');
  const write = await askAlone('PUT /v1/kv/a', 'y');
  expect([write.status, textOf(write)]).toEqual([500, 'No cluster leader']);
  await alone.stop();
});

test('requests are counted by route, method and status', async () => {
  await ask('GET /v1/kv/counted');
  expect(await harness.metrics.expose()).toMatch(
    /tribune_catalog_api_requests_total\{route="\/v1\/kv\/",method="GET",status="404"\} \d+/,
  );
});

describe('registrations as Consul judges them', () => {
  const proxy = (upstreams: object[]): object => ({
    Node: 'n',
    Address: 'a',
    Service: {
      Service: 'g',
      Kind: 'connect-proxy',
      Port: 1,
      Proxy: { DestinationServiceName: 'x', Upstreams: upstreams },
    },
  });
  const db = { DestinationName: 'q', LocalBindPort: 5 };

  test.each([
    [[{}], 'upstream destination name cannot be empty'],
    [[{ DestinationName: 'q' }], 'upstream local bind port cannot be zero'],
    [[{ ...db, DestinationType: 'zz' }], 'unknown upstream destination type: "zz"'],
    [
      [db, { ...db, LocalBindPort: 6 }],
      'upstreams cannot contain duplicates of [type="", name="q", namespace="", datacenter=""]',
    ],
    [
      [db, { ...db, DestinationName: 'r' }],
      'upstreams cannot contain duplicates by local bind address and port; "127.0.0.1:5" is specified twice',
    ],
  ])('%j', async (upstreams, problem) => {
    const answer = await ask('PUT /v1/catalog/register', proxy(upstreams));
    expect([answer.status, textOf(answer)]).toEqual([500, `1 error occurred:\n\t* ${problem}\n\n`]);
  });

  test.each([
    [{ GRPC: 'a', HTTP: 'b', Interval: '5s' }, 'grpc'],
    [{ HTTP: 'a' }, ''],
    [{ HTTP: 'a', Interval: '5s' }, 'http'],
    [{ TTL: '5s', HTTP: 'b' }, 'ttl'],
    [{ AliasNode: 'x', TCP: 'c', Interval: '5s' }, 'tcp'],
    [{ AliasService: 'x' }, 'alias'],
    [{ ScriptArgs: ['x'], DockerContainerID: 'x' }, 'script'],
    [{ ScriptArgs: ['x'], DockerContainerID: 'x', Interval: '1s' }, 'docker'],
  ])('a check defined by %j has type %j', async (definition, type) => {
    const check = { CheckID: 'z', Name: 'z', Definition: definition };
    await ask('PUT /v1/catalog/register', { Node: 'types', Address: 'a', Check: check });
    expect(jsonOf(await ask('GET /v1/health/node/types'))).toMatchObject([{ Type: type }]);
  });

  test('weights that mean nothing count as none', async () => {
    await ask('PUT /v1/catalog/register', {
      Node: 'w',
      Address: 'a',
      Service: { Service: 'w', Weights: { Passing: 0, Warning: 0 } },
    });
    expect(jsonOf(await ask('GET /v1/catalog/service/w'))).toMatchObject([
      { ServiceWeights: { Passing: 1, Warning: 1 } },
    ]);
  });

  test('a session of named checks keeps the failure detector of its node too', async () => {
    const checks = async (body: object): Promise<string[]> => {
      const { ID } = jsonOf<{ ID: string }>(await ask('PUT /v1/session/create', body));
      return jsonOf<{ NodeChecks: string[] }[]>(await ask(`GET /v1/session/info/${ID}`))[0]!.NodeChecks;
    };
    await ask('PUT /v1/catalog/register', {
      Node: 'conf-node',
      SkipNodeUpdate: true,
      Check: { CheckID: 'own', Name: 'own', Status: 'passing' },
    });
    expect(await checks({ Checks: ['own'] })).toEqual(['own', 'serfHealth']);
    expect(await checks({ NodeChecks: ['own'] })).toEqual(['own']);
    expect(await checks({ Checks: ['own'], NodeChecks: [] })).toEqual([]);
  });
});
