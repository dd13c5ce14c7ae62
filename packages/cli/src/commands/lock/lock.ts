import { sleep } from '@tribune/platform';
import { Child, type ChildEnd } from '../../child/child';
import { duration, int, text, toggle } from '../../flags/flag';
import type { HttpClient } from '../../http/http-client';
import { foregroundClock } from '../../terminal/foreground-clock';
import type { Terminal } from '../../terminal/terminal';
import { command } from '../command';
import { Complaint, orComplain } from '../../errors/complaint';
import type { Holding, HoldingOptions } from './holding';
import { LockStore } from './lock-store';
import { Mutex } from './mutex';
import { Semaphore } from './semaphore';

/** Consul's: time between SIGTERM and SIGKILL. */
const KILL_GRACE_MS = 5_000;
/** Of `-child-exit-code`. */
const CHILD_FAILED = 2;

export const lock = command({
  usage: 'lock [options] prefix child...',
  about: `  Acquires a lock or semaphore at a given path, and invokes a child process when
  successful. The child process can assume the lock is held while it executes.
  If the lock is lost or communication is disrupted the child process will be
  sent a SIGTERM signal and given time to gracefully exit. After the grace
  period expires the process will be hard terminated.

  When -n=1, only a single lock holder or leader exists providing mutual
  exclusion. Setting a higher value switches to a semaphore allowing multiple
  holders to coordinate.

  The prefix provided must have write privileges.`,
  api: 'server',
  flags: {
    'child-exit-code': toggle(
      "Exit 2 if the child process exited with an error if this is true, otherwise this doesn't propagate an error from the child. The default value is false.",
    ),
    'monitor-retry': int(
      'Number of times to retry if the agent returns a 500 error while monitoring the lock. This allows riding out brief periods of unavailability without causing leader elections, but increases the amount of time required to detect a lost lock in some cases. The default value is 3, with a 1s wait between retries. Set this value to 0 to disable retries.',
      3,
    ),
    n: int(
      'Optional limit on the number of concurrent lock holders. The underlying implementation switches from a lock to a semaphore when the value is greater than 1. The default value is 1.',
      1,
    ),
    name: text(
      'Optional name to associate with the lock session. If not provided, one is generated based on the provided child command.',
    ),
    'pass-stdin': toggle('Pass stdin to the child process.'),
    shell: toggle('Use a shell to run the command (can set a custom shell via the SHELL environment variable).', true),
    timeout: duration(
      'Maximum amount of time to wait to acquire the lock, specified as a duration like "1s" or "3h". The default value is 0.',
    ),
    try: duration('DEPRECATED. Use -timeout instead.'),
    verbose: toggle('Enable verbose (debugging) output.'),
  },
  async run({ flags, args, terminal, client }) {
    const timeoutNs = flags.timeout ?? flags.try ?? 0;
    if (flags.n <= 0) throw new Complaint('Lock holder limit must be positive');
    if (timeoutNs < 0) throw new Complaint('Timeout must be positive');
    if (flags['monitor-retry'] < 0) throw new Complaint("Number for 'monitor-retry' must be >= 0");
    if (args.length < 2) throw new Complaint('Key prefix and child command must be specified');
    const prefix = args[0]!.replace(/^\//, '').replace(/\/+$/, '');
    const words = args.slice(1);
    const options: HoldingOptions = {
      name: flags.name || `Consul lock for '${words.join(' ')}' at '${prefix}'`,
      prefix,
      timeoutMs: timeoutNs === 0 ? undefined : timeoutNs / 1e6,
      monitorRetries: flags['monitor-retry'],
    };
    await orComplain('Error querying Consul agent', () => client().ask({ path: '/v1/agent/self' }));
    const say = (line: string): void => (flags.verbose ? terminal.print(line) : undefined);
    const holding = holdingOf(client(), options, flags.n);
    const env = { ...terminal.env, CONSUL_LOCK_HELD: 'true' };
    const start = (): Child =>
      new Child(words, { shell: flags.shell, env, input: flags['pass-stdin'] ? 'inherit' : undefined });
    const end = await runHolding({ holding, start, terminal, say });
    return flags['child-exit-code'] && end !== 'succeeded' ? CHILD_FAILED : 0;
  },
});

function holdingOf(client: HttpClient, options: HoldingOptions, limit: number): Holding {
  const store = new LockStore(client, foregroundClock);
  return limit === 1 ? new Mutex(client, store, options) : new Semaphore(client, store, options, limit);
}

interface Work {
  readonly holding: Holding;
  readonly start: () => Child;
  readonly terminal: Terminal;
  readonly say: (line: string) => void;
}

/** Acquire, run the child, release, clean up. */
async function runHolding(work: Work): Promise<'succeeded' | 'failed'> {
  const { holding, terminal, say } = work;
  const interrupted = terminal.interrupted();
  say(holding.setup);
  say('Attempting lock acquisition');
  const isHeld = await orComplain('Lock acquisition failed', () => holding.acquire(interrupted));
  if (!isHeld) throw new Complaint('Shutdown triggered or timeout during lock acquisition');
  const end = interrupted.aborted ? 'succeeded' : await runChild(work, interrupted);
  await orComplain('Lock release failed', () => holding.release());
  const left = await orComplain('Lock cleanup failed', () => holding.cleanUp());
  say(left === 'removed' ? 'Cleanup succeeded' : 'Cleanup aborted, lock in use');
  return end;
}

async function runChild(work: Work, interrupted: AbortSignal): Promise<'succeeded' | 'failed'> {
  const { holding, start, terminal, say } = work;
  say('Starting handler');
  const child = start();
  const done = new AbortController();
  const first = await Promise.race([
    child.ended,
    holding.untilLost(done.signal).then(() => 'lost' as const),
    new Promise<'interrupted'>((resolve) => interrupted.addEventListener('abort', () => resolve('interrupted'))),
  ]);
  done.abort();
  if (first === 'lost' || first === 'interrupted') {
    say(first === 'lost' ? 'Lock lost, killing child' : 'Shutdown triggered, killing child');
    await killChild(child, say);
    // What the child says about being killed is not the caller's business, as with Consul.
    return 'succeeded';
  }
  report(first, terminal);
  say('Child terminated, releasing lock');
  return first.kind === 'succeeded' ? 'succeeded' : 'failed';
}

function report(end: ChildEnd, terminal: Terminal): void {
  if (end.kind === 'notStarted') terminal.complain(`Error starting handler: ${end.failure}`);
  else if (end.kind === 'failed') terminal.complain(`Error running handler: ${end.failure}`);
}

async function killChild(child: Child, say: (line: string) => void): Promise<void> {
  say(`Terminating child pid ${child.pid}`);
  child.kill('SIGTERM');
  const waiting = new AbortController();
  const late = sleep(foregroundClock, KILL_GRACE_MS, waiting.signal).then(() => 'late' as const);
  const first = await Promise.race([child.ended, late]);
  waiting.abort();
  if (first !== 'late') return say('Child terminated');
  say(`Child did not exit after grace period of ${KILL_GRACE_MS / 1000}s`);
  say(`Killing child pid ${child.pid}`);
  child.kill('SIGKILL');
  await child.ended;
}
