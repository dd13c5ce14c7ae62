import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Metrics, systemClock } from '@tribune/platform';
import { RecordingLogger } from '@tribune/testkit';
import { Supervisor } from '../supervisor/supervisor';
import { ProcessPiece } from './process-piece';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'piece-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** A process that runs `script`, with `socket` as its only argument. */
function piece(script: string): ProcessPiece {
  const main = join(folder, 'main.js');
  writeFileSync(main, script);
  const socket = join(folder, 's');
  return new ProcessPiece(
    { name: 'helper', main, args: () => [socket], listensAt: () => ({ path: socket }) },
    systemClock,
  );
}

const LISTENS = 'require("node:net").createServer().listen(process.argv[2]);';

test('is started when it listens, and stopped by SIGTERM', async () => {
  const helper = piece(LISTENS);
  const died = jest.fn();
  await helper.start(died);
  expect(helper.readiness()).toEqual({ ready: true });
  await helper.stop();
  expect(helper.readiness()).toEqual({ ready: false, reason: 'helper is not running' });
  expect(died).not.toHaveBeenCalled();
});

test('a process that ends before it listens is a failed start', async () => {
  await expect(piece('process.exit(3)').start(() => undefined)).rejects.toThrow(
    'the process of helper exited with code 3',
  );
});

test('tells when it dies, and how', async () => {
  const helper = piece(LISTENS);
  const reason = new Promise<Error>(
    (resolve) => void helper.start(resolve).then(() => process.kill(helper.pid!, 'SIGKILL')),
  );
  expect((await reason).message).toBe('the process of helper was ended by SIGKILL');
});

test('ends with the agent, however the agent ends', async () => {
  const main = join(folder, 'main.js');
  const socket = join(folder, 's');
  const endsWithParent = join(__dirname, '../../bin/end-with-parent.cjs');
  writeFileSync(main, LISTENS);
  // What ProcessPiece starts, under a parent that this test can kill.
  const argv = JSON.stringify(['--require', endsWithParent, main, socket]);
  const script = `
    const child = require('node:child_process').spawn(process.execPath, ${argv}, { stdio: ['pipe', 'ignore', 'inherit'], detached: true });
    console.log(child.pid);
    setInterval(() => undefined, 1000);`;
  const parent = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [pid] = await once(parent.stdout!, 'data');
  await until(() => existsSync(socket));
  parent.kill('SIGKILL');
  await until(() => commandOf(Number(pid)) === '');
});

/** Empty for a process that has ended, reaped or not. */
function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 10));
}

test('the supervisor starts it again as another process', async () => {
  const helper = piece(LISTENS);
  const supervisor = new Supervisor([helper], {
    clock: systemClock,
    logger: new RecordingLogger(),
    metrics: new Metrics(),
  });
  await supervisor.start();
  const first = helper.pid!;
  process.kill(first, 'SIGKILL');
  await until(() => helper.pid !== undefined && helper.pid !== first);
  await supervisor.stop();
  expect(helper.pid).toBeUndefined();
});
