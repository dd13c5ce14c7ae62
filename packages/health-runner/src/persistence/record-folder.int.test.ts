import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger, type Logger } from '@tribune/platform';
import { RecordFolder } from './record-folder';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'records-'));
});
afterEach(() => rm(folder, { recursive: true }));

const open = (logger: Logger = silentLogger): RecordFolder<object> => new RecordFolder(folder, logger);

test('records come back, whatever characters their ids have', async () => {
  const records = open();
  await records.put('a/../b', { port: 1 });
  await records.put('ü', { big: 2n ** 63n });
  expect(await open().load()).toEqual(
    new Map<string, object>([
      ['a/../b', { port: 1 }],
      ['ü', { big: 2n ** 63n }],
    ]),
  );
});

test('a removed record stays away', async () => {
  const records = open();
  await records.put('a', {});
  await records.remove('a');
  await records.remove('never there');
  expect(await open().load()).toEqual(new Map());
});

test('the last of many writes wins and leaves no other files', async () => {
  const records = open();
  for (let i = 0; i < 20; i++) void records.put('a', { i }, { durable: i % 2 === 0 });
  await records.settled();
  expect([await open().load(), await readdir(folder)]).toEqual([new Map([['a', { i: 19 }]]), [expect.any(String)]]);
});

test('what is on disk already is not written again', async () => {
  const records = open();
  await records.put('a', { x: 1 });
  const path = join(folder, (await readdir(folder))[0]!);
  await rm(path);
  await records.put('a', { x: 1 });
  expect(await readdir(folder)).toEqual([]);
  await records.put('a', { x: 2 });
  expect((await readdir(folder)).length).toBe(1);
});

test('a record that was removed is written again', async () => {
  const records = open();
  await records.put('a', {});
  await records.remove('a');
  await records.put('a', {});
  expect([...(await open().load()).keys()]).toEqual(['a']);
});

test('many records at once are all there', async () => {
  const records = open();
  await Promise.all(Array.from({ length: 200 }, (_, i) => records.put(`r${i}`, { i })));
  expect((await open().load()).size).toBe(200);
});

test.each(['', '{"version":1,"id":"x"', '{"version":9,"id":"x","value":{}}', '{"version":1}', 'null'])(
  'a damaged file (%j) is reported and skipped',
  async (content) => {
    const reported: string[] = [];
    const logger = { ...silentLogger, error: (message: string) => void reported.push(message) };
    await open().put('good', {});
    await writeFile(join(folder, 'damaged'), content);
    expect([[...(await open(logger).load()).keys()], reported]).toEqual([['good'], ['skipped a damaged file']]);
  },
);
