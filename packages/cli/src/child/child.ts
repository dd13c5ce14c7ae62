import { spawn, type ChildProcess } from 'node:child_process';

export interface ChildOptions {
  /** Whether the words are one script for `$SHELL -c`. */
  readonly shell: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Bytes for its standard input; `inherit` hands over ours, undefined gives it none. */
  readonly input?: string | 'inherit';
}

/** How a child ended; `failure` is worded as Go's `exec` package does. */
export type ChildEnd =
  | { readonly kind: 'succeeded' }
  | { readonly kind: 'failed'; readonly failure: string }
  | { readonly kind: 'notStarted'; readonly failure: string };

/** A command run on behalf of the user; its output goes where ours goes. */
export class Child {
  readonly ended: Promise<ChildEnd>;
  private readonly process: ChildProcess;

  constructor(words: readonly string[], { shell, env, input }: ChildOptions) {
    const [command = '', ...args] = shell ? [env['SHELL'] || '/bin/sh', '-c', words.join(' ')] : words;
    const stdin = input === undefined ? 'ignore' : input === 'inherit' ? 'inherit' : 'pipe';
    this.process = spawn(command, args, { env: env as NodeJS.ProcessEnv, stdio: [stdin, 'inherit', 'inherit'] });
    this.ended = endOf(this.process, command);
    // A child that does not read its input closes the pipe; that is its right.
    this.process.stdin?.on('error', () => {});
    this.process.stdin?.end(input);
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  kill(signal: 'SIGTERM' | 'SIGKILL'): void {
    this.process.kill(signal);
  }
}

function endOf(child: ChildProcess, command: string): Promise<ChildEnd> {
  return new Promise((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) =>
      resolve({ kind: 'notStarted', failure: reason(error, command) }),
    );
    child.once('exit', (code, signal) => {
      if (code === 0) resolve({ kind: 'succeeded' });
      else if (signal !== null) resolve({ kind: 'failed', failure: `signal: ${SIGNALS[signal] ?? signal}` });
      else resolve({ kind: 'failed', failure: `exit status ${code}` });
    });
  });
}

const SIGNALS: Readonly<Record<string, string>> = {
  SIGTERM: 'terminated',
  SIGKILL: 'killed',
  SIGINT: 'interrupt',
  SIGHUP: 'hangup',
};

function reason(error: NodeJS.ErrnoException, command: string): string {
  if (error.code !== 'ENOENT') return error.message;
  return command.includes('/')
    ? `fork/exec ${command}: no such file or directory`
    : `exec: ${JSON.stringify(command)}: executable file not found in $PATH`;
}
