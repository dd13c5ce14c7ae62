import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { startHarness, type Harness } from './harness/agent-harness';
import { asking, indexOf, jsonOf, textOf, type Ask } from './harness/ask';

let harness: Harness;
let ask: Ask;
beforeEach(async () => {
  harness = await startHarness({ leaderHoldMs: 200 });
  ask = asking(harness);
});
afterEach(() => harness.stop());

const save = async (): Promise<Buffer> => (await ask('GET /v1/snapshot')).body;

const BLOCK = 512;

/** The files of a tar archive as POSIX has it: a header of one block, whose sum of bytes counts itself as blanks, then the file. */
function untar(archive: Buffer): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (let at = 0; archive[at] !== 0;) {
    const header = archive.subarray(at, at + BLOCK);
    const textAt = (from: number, to: number): string => header.toString('latin1', from, to).split('\0')[0]!;
    const sum = header.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 0x20 : byte), 0);
    expect([textAt(257, 262), parseInt(textAt(148, 156), 8)]).toEqual(['ustar', sum]);
    const size = parseInt(textAt(124, 136), 8);
    files.set(textAt(0, 100), archive.subarray(at + BLOCK, at + BLOCK + size));
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return files;
}

test('a snapshot is a gzip tar as that of Consul', async () => {
  await ask('PUT /v1/kv/a', '1');
  const answer = await ask('GET /v1/snapshot');
  expect(answer.headers).toMatchObject({
    'content-type': 'application/x-gzip',
    'x-consul-knownleader': 'true',
    'x-consul-lastcontact': '0',
  });
  const files = untar(gunzipSync(answer.body));
  expect([...files.keys()]).toEqual(['meta.json', 'state.bin', 'SHA256SUMS']);
  const sums = ['meta.json', 'state.bin'].map(
    (name) => `${createHash('sha256').update(files.get(name)!).digest('hex')}  ${name}\n`,
  );
  expect(files.get('SHA256SUMS')!.toString()).toBe(sums.join(''));
  expect(JSON.parse(files.get('meta.json')!.toString())).toMatchObject({
    Version: 1,
    Index: indexOf(answer),
    Size: files.get('state.bin')!.length,
  });
});

test('restoring brings everything back and drops what came later; indexes go on rising', async () => {
  await ask('PUT /v1/kv/kept', 'old');
  await ask('PUT /v1/kv/gone', 'x');
  const file = await save();
  const saved = jsonOf<[{ ModifyIndex: number }]>(await ask('GET /v1/kv/kept'))[0].ModifyIndex;
  await ask('PUT /v1/kv/kept', 'new');
  await ask('DELETE /v1/kv/gone');
  await ask('PUT /v1/kv/later', 'x');
  const before = indexOf(await ask('GET /v1/kv/?recurse'));
  const parked = ask(`GET /v1/kv/kept?index=${indexOf(await ask('GET /v1/kv/kept'))}&wait=10s`);
  const restored = await ask('PUT /v1/snapshot', file);
  expect([restored.status, textOf(restored)]).toEqual([200, '']);
  const seen = await parked;
  expect(jsonOf<[{ ModifyIndex: number; Value: string }]>(seen)[0]).toMatchObject({
    ModifyIndex: saved,
    Value: Buffer.from('old').toString('base64'),
  });
  expect(indexOf(seen)).toBeGreaterThan(before);
  expect(jsonOf(await ask('GET /v1/kv/?keys'))).toEqual(['gone', 'kept']);
  expect(indexOf(await ask('GET /v1/kv/later'))).toBeGreaterThan(before);
});

test('a damaged file is refused before anything is touched: 1,000 flipped bytes, and every tenth place to cut', async () => {
  await ask('PUT /v1/kv/a', 'x'.repeat(2_000));
  const file = await save();
  await ask('PUT /v1/kv/witness', '1');
  const revision = harness.state.machine.revision;
  for (let i = 0; i < 1_000; i++) {
    const damaged = Buffer.from(file);
    const at = Math.floor((i * file.length) / 1_000);
    damaged[at]! ^= 1 + (i % 255);
    const answer = await ask('PUT /v1/snapshot', damaged);
    if (answer.status !== 500) throw new Error(`byte ${at} changed by ${1 + (i % 255)}: ${answer.status}`);
  }
  for (let length = 0; length < file.length; length += 10) {
    expect((await ask('PUT /v1/snapshot', file.subarray(0, length))).status).toBe(500);
  }
  expect(harness.state.machine.revision).toBe(revision);
  expect(textOf(await ask('GET /v1/kv/witness?raw'))).toBe('1');
});

test('what is no snapshot at all gets the sentence of Consul', async () => {
  const answer = await ask('PUT /v1/snapshot', 'hello');
  expect([answer.status, textOf(answer)]).toEqual([500, 'failed to decompress snapshot: gzip: invalid header']);
});

test('without a leader only a stale snapshot is given', async () => {
  harness.state.setLeading(false);
  const answer = await ask('GET /v1/snapshot');
  expect([answer.status, textOf(answer)]).toEqual([500, 'No cluster leader']);
  const stale = await ask('GET /v1/snapshot?stale');
  expect([stale.status, stale.headers['x-consul-knownleader']]).toEqual([200, 'false']);
});

test('another datacenter cannot be reached', async () => {
  for (const line of ['GET /v1/snapshot?dc=zz', 'PUT /v1/snapshot?dc=zz'])
    expect(textOf(await ask(line))).toBe('No path to datacenter');
});
