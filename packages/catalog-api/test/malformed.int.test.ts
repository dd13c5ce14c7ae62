import net from 'node:net';
import { seededRandom } from '@tribune/platform';
import { startHarness, type Harness } from './harness/agent-harness';
import { asking, textOf, type Ask } from './harness/ask';

let harness: Harness;
let ask: Ask;

beforeAll(async () => {
  harness = await startHarness();
  ask = asking(harness);
});
afterAll(() => harness.stop());

const BODIES = [
  '',
  '{',
  '[',
  '[]',
  '{}',
  'null',
  '5',
  '"x"',
  'true',
  '[1]',
  '[{}]',
  '[null]',
  '{"Node":null}',
  '{"Node":{}}',
  '\u0000',
  '{"Node":"\u0000"}',
  '{"a":'.repeat(3_000),
  '['.repeat(100_000),
  '{"Node":"n","Address":"a","Service":[]}',
  '{"Node":"n","Address":"a","Check":{"Definition":[]}}',
  '{"Node":"n","Address":"a","Service":{"Service":"s","Port":1e400}}',
  '{"KV":{}}',
  '[{"KV":null}]',
  '[{"KV":{"Verb":"cas","Key":"k","Index":-1}}]',
  '[{"Node":{"Verb":"set"}}]',
  '[{"Service":{"Verb":"set"}}]',
  '[{"Check":{"Verb":"set"}}]',
  '{"Coord":{"Vec":[null,null,null,null,null,null,null,null]}}',
  '{"Coord":null}',
  '{"Node":"n","Coord":{"Vec":[1,1,1,1,1,1,1,1e999]}}',
  '{"LockDelay":{}}',
  '{"LockDelay":1e999}',
  '{"TTL":"-5s"}',
  '{"__proto__":{"x":1}}',
];
const PATHS = [
  'catalog/register',
  'catalog/deregister',
  'session/create',
  'txn',
  'coordinate/update',
  'operator/autopilot/configuration',
  'event/fire/x',
  'kv/m',
];

test.each(PATHS)('PUT /v1/%s answers every broken body', async (target) => {
  for (const body of BODIES) {
    const { status } = await ask(`PUT /v1/${target}`, body);
    expect([target, body.slice(0, 60), status >= 200 && status < 600]).toEqual([target, body.slice(0, 60), true]);
  }
  expect((await ask('GET /v1/status/leader')).status).toBe(200);
});

const QUERIES = [
  'index=99999999999999999999999',
  'index=-1',
  'index=1e3',
  'wait=-5s&index=0',
  'wait=1',
  'wait=9999999h&index=0',
  'filter=%00',
  'filter=((((((((((',
  'filter=a%20==%20%22',
  'filter=Node%20matches%20%22(%22',
  'near=%00',
  'node-meta=',
  'node-meta=:',
  'tag=',
  'passing=%ff',
  'dc=%20',
  'keys&separator=%00',
  'cas=-0',
  'flags=0x10',
  'max_stale=-1s',
  'cached&stale',
  `filter=${'a'.repeat(5_000)}`,
  '%=%',
  'a=%C3%28',
];
const READS = [
  'kv/?recurse',
  'kv/x?keys',
  'catalog/nodes?x',
  'catalog/service/x?x',
  'health/service/x?x',
  'health/state/any?x',
  'session/list?x',
  'event/list?x',
  'coordinate/nodes?x',
];

test('every read answers every broken parameter', async () => {
  for (const target of READS) {
    for (const query of QUERIES) {
      const { status } = await ask(`GET /v1/${target}&${query}`);
      expect([target, query, status >= 200 && status < 600]).toEqual([target, query, true]);
    }
  }
});

test('random bytes on the port are answered or dropped, and the agent lives on', async () => {
  const random = seededRandom(7);
  const starts = [
    '',
    'GET ',
    'PUT /v1/kv/x HTTP/1.1\r\n',
    'GET /v1/kv/x HTTP/1.1\r\nHost: x\r\n',
    'PUT /v1/kv/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n',
  ];
  for (let i = 0; i < 300; i++) {
    const bytes = Buffer.concat([
      Buffer.from(starts[i % starts.length]!),
      Buffer.from(random.bytes(random.integer(200))),
    ]);
    await new Promise<void>((resolve) => {
      const socket = net.connect(harness.api.port, '127.0.0.1', () => socket.end(bytes));
      socket.on('error', () => resolve());
      socket.on('close', () => resolve());
      socket.resume();
    });
  }
  expect(textOf(await ask('GET /v1/status/leader'))).toContain('127.0.0.1');
});

test.each([
  ['OPTIONS * HTTP/1.1\r\nHost: x\r\n', 200],
  ['GET * HTTP/1.1\r\nHost: x\r\n', 400],
  ['GET http://elsewhere/v1/status/leader HTTP/1.1\r\nHost: x\r\n', 200],
  ['GET /v1//kv/a?q=\xe7 HTTP/1.1\r\nHost: x\r\n', 301],
  [`GET /v1/kv/${'a'.repeat(200_000)} HTTP/1.1\r\nHost: x\r\n`, 431],
  ['FROB /nowhere HTTP/1.1\r\nHost: x\r\n', 400],
])('%.60j gets its status', async (head, status) => {
  const answer = await new Promise<string>((resolve) => {
    let text = '';
    const socket = net.connect(harness.api.port, '127.0.0.1', () =>
      socket.write(Buffer.from(`${head}Connection: close\r\n\r\n`, 'latin1')),
    );
    socket.on('data', (data) => (text += data.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(text));
  });
  expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
});
