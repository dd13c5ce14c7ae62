import { spawn, type ChildProcess } from 'node:child_process';
import { formatGoDuration } from '@tribune/platform';
import type { Observation } from '../../core/check-state';
import { TailBuffer } from '../../core/output';
import { critical, passing, warning, type Probe } from '../probe';

export interface ScriptProbeOptions {
  /** Program and arguments. No shell is involved unless the program is one. */
  readonly args: readonly string[];
  readonly timeoutMs: number;
  readonly outputBytesMax: number;
}

/** Consul's limit for a script that names none. */
export const SCRIPT_TIMEOUT_MS = 30_000;

/** Exit code 0 is passing, 1 warning, everything else critical. At the time limit the whole process group is killed. */
export function scriptProbe({ args, timeoutMs, outputBytesMax }: ScriptProbeOptions): Probe {
  return {
    run: (signal) =>
      new Promise((resolve) => {
        const output = new TailBuffer(outputBytesMax);
        const [program, ...rest] = args;
        // `detached` makes the child the leader of a process group of its own, so that its children can be killed too.
        const child = spawn(program!, rest, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
        let timedOut = false;
        const limit = setTimeout(() => {
          timedOut = true;
          killGroup(child);
        }, timeoutMs);
        const abandon = (): void => killGroup(child);
        signal.addEventListener('abort', abandon, { once: true });
        const settle = (observation: Observation): void => {
          clearTimeout(limit);
          signal.removeEventListener('abort', abandon);
          resolve(observation);
        };
        child.stdout!.on('data', (chunk: Buffer) => output.write(chunk));
        child.stderr!.on('data', (chunk: Buffer) => output.write(chunk));
        child.once('error', (failure: NodeJS.ErrnoException) => settle(critical(startFailureText(program!, failure))));
        // `close`, not `exit`: a run is over when its pipes are, so that two never overlap.
        child.once('close', (code) => settle(timedOut ? timeoutOf(timeoutMs, output) : judge(code, output.toString())));
        if (signal.aborted) abandon();
      }),
  };
}

function judge(code: number | null, output: string): Observation {
  if (code === 0) return passing(output);
  return code === 1 ? warning(output) : critical(output);
}

function timeoutOf(timeoutMs: number, output: TailBuffer): Observation {
  const text = `Timed out (${formatGoDuration(timeoutMs * 1e6)}) running check`;
  return critical(output.isEmpty ? text : `${text}\n\n${output}`);
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}

function startFailureText(program: string, { code, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT') {
    return program.includes('/')
      ? `fork/exec ${program}: no such file or directory`
      : `exec: ${JSON.stringify(program)}: executable file not found in $PATH`;
  }
  return code === 'EACCES' ? `fork/exec ${program}: permission denied` : message;
}
