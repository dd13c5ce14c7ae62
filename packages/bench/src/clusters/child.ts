import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** A cluster that is not needed any more has this long to end by itself. */
const PATIENCE_MS = 5_000;

export async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
  await exited;
  clearTimeout(timer);
}
