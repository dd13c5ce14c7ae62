import { startHarness, NODE_NAME, type Harness } from './harness/agent-harness';
import { asking, jsonOf, textOf, type Ask } from './harness/ask';
import { LONE_KEY } from './harness/lone-member';

/** What Consul 1.8.7 answered to the same requests on a server of its own. */
let harness: Harness;
let ask: Ask;

beforeAll(async () => {
  harness = await startHarness();
  ask = asking(harness);
});
afterAll(() => harness.stop());
afterEach(() => jest.restoreAllMocks());

const ring = (isWan: boolean): object => ({
  WAN: isWan,
  Datacenter: 'dc1',
  Segment: '',
  Keys: { [LONE_KEY]: 1 },
  PrimaryKeys: { [LONE_KEY]: 1 },
  NumNodes: 1,
});

test('the keys of every pool are listed, the WAN pool first', async () => {
  expect(jsonOf(await ask('GET /v1/operator/keyring'))).toEqual([ring(true), ring(false)]);
  expect(jsonOf(await ask('GET /v1/operator/keyring?local-only=1'))).toEqual([ring(false)]);
});

test.each([
  ['POST', 'install'],
  ['PUT', 'use'],
  ['DELETE', 'remove'],
])('%s is the operation %s, with its key and relay factor', async (method, operation) => {
  const keyring = jest.spyOn(harness.membership, 'keyring');
  const key = Buffer.alloc(16, 7).toString('base64');
  const answer = await ask(`${method} /v1/operator/keyring?relay-factor=2`, { Key: key });
  expect([answer.status, textOf(answer)]).toEqual([200, '']);
  expect(keyring).toHaveBeenCalledWith(operation, key, 2);
});

test('what members refuse is said, pool by pool', async () => {
  const answer = await ask('DELETE /v1/operator/keyring', { Key: LONE_KEY });
  const said = 'Removing the primary key is not allowed';
  expect([answer.status, textOf(answer)]).toEqual([
    500,
    `4 errors occurred:\n\t* WAN error: 1/1 nodes reported failure\n\t* ${NODE_NAME}.dc1: ${said}\n` +
      `\t* dc1 (LAN) error: 1/1 nodes reported failure\n\t* ${NODE_NAME}: ${said}\n\n`,
  ]);
});

test.each([
  ['POST /v1/operator/keyring', '', 'Request decode failed: EOF'],
  ['POST /v1/operator/keyring', '{"Nope":1}', 'Request decode failed: json: unknown field "Nope"'],
  ['GET /v1/operator/keyring?relay-factor=9', '', 'Invalid relay-factor: Relay factor must be in range: [0, 5]'],
  [
    'GET /v1/operator/keyring?relay-factor=x',
    '',
    'Error parsing relay factor: strconv.Atoi: parsing "x": invalid syntax',
  ],
  [
    'GET /v1/operator/keyring?local-only=maybe',
    '',
    'Error parsing local-only: strconv.ParseBool: parsing "maybe": invalid syntax',
  ],
  [
    'PUT /v1/operator/keyring?local-only=true',
    '{}',
    'Invalid use of local-only: local-only can only be set for list requests',
  ],
])('%s %s is refused', async (line, body, sentence) => {
  const answer = await ask(line, body);
  expect([answer.status, textOf(answer)]).toEqual([400, `Bad request: ${sentence}`]);
});

test('a client agent has no say', async () => {
  const member = await harness.membership.localMember();
  jest.spyOn(harness.membership, 'localMember').mockResolvedValue({ ...member, tags: { role: 'node' } });
  for (const line of ['GET /v1/operator/keyring', 'POST /v1/operator/keyring']) {
    const answer = await ask(line, '{}');
    expect([answer.status, textOf(answer)]).toEqual([500, 'keyring operations must run against a server node']);
  }
});
