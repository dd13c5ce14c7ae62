import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scriptProbe } from './script-probe';

const run = (args: string[], timeoutMs = 10_000, signal = new AbortController().signal) =>
  scriptProbe({ args, timeoutMs, outputBytesMax: 4096 }).run(signal);
const shell = (line: string, timeoutMs?: number) => run(['sh', '-c', line], timeoutMs);

test.each([
  [0, 'passing'],
  [1, 'warning'],
  [2, 'critical'],
  [127, 'critical'],
])('exit code %d is %s', async (code, status) => {
  expect(await shell(`echo out; echo err >&2; exit ${code}`)).toEqual({ status, output: 'out\nerr\n' });
});

test('arguments are not seen by a shell', async () => {
  expect((await run(['echo', '$HOME; exit 1'])).output).toBe('$HOME; exit 1\n');
});

test('a long output keeps its tail', async () => {
  const { output } = await shell('head -c 100000 /dev/zero | tr "\\0" x; echo end');
  expect(output).toMatch(/^Captured 4096 of 100004 bytes\n\.\.\.\nx+end\n$/);
});

test('a program that does not exist is critical', async () => {
  expect(await run(['no-such-program-here'])).toEqual({
    status: 'critical',
    output: 'exec: "no-such-program-here": executable file not found in $PATH',
  });
});

test('at its time limit a script is killed with its children', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'script-'));
  const pidFile = join(folder, 'pid');
  const { status, output } = await shell(`echo partial; sleep 1000 & echo $! > ${pidFile}; wait`, 3_000);
  expect([status, output]).toEqual(['critical', 'Timed out (3s) running check\n\npartial\n']);
  const pid = Number(await readFile(pidFile, 'utf8'));
  await rm(folder, { recursive: true });
  await untilGone(pid);
});

test('a stopped check kills its script', async () => {
  const stop = new AbortController();
  const running = run(['sleep', '1000'], 60_000, stop.signal);
  stop.abort();
  expect((await running).status).toBe('critical');
});

/** A killed process is gone, or a zombie that its adoptive parent has yet to collect. */
async function untilGone(pid: number): Promise<void> {
  const state = (): Promise<string> =>
    readFile(`/proc/${pid}/stat`, 'utf8').then(
      (stat) => stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3),
      () => 'gone',
    );
  while (!['gone', 'Z', 'X'].includes(await state())) await new Promise((resolve) => setTimeout(resolve, 10));
}
