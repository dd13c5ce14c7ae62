import { spawn, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';
import { eventually, PATIENCE_MS } from '@tribune/testkit';

export const ROOT = resolve(__dirname, '../../..');
const binaryOf = (checkout: string): string => resolve(checkout, 'packages/cli/bin/tribune.cjs');
/** `TRIBUNE_BUILD` names another checkout whose build is to be tested. */
export const TRIBUNE = binaryOf(process.env.TRIBUNE_BUILD ?? ROOT);
/** `TRIBUNE_PREVIOUS` names a checkout whose build is replaced by the tested one, server by server. */
export const PREVIOUS = process.env.TRIBUNE_PREVIOUS ? binaryOf(process.env.TRIBUNE_PREVIOUS) : TRIBUNE;

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** An operating-system process under test. What it prints is kept (the newest 256 KiB) for failure messages. */
export class Child {
  private readonly process: ChildProcess;
  private printed = '';
  readonly exited: Promise<Ending>;
  /** When it has exited and all that it printed has been read. */
  readonly ended: Promise<Ending>;

  constructor(
    readonly name: string,
    argv: readonly string[],
    environment: Record<string, string> = {},
    prefix: readonly string[] = [],
  ) {
    const [command, ...words] = [...prefix, process.execPath, ...argv];
    this.process = spawn(command!, words, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
    });
    for (const stream of [this.process.stdout!, this.process.stderr!]) {
      stream.setEncoding('utf8').on('data', (text: string) => (this.printed = (this.printed + text).slice(-262_144)));
    }
    const event = (name: 'exit' | 'close'): Promise<Ending> =>
      new Promise((done) => this.process.once(name, (code, signal) => done({ code, signal })));
    this.exited = event('exit');
    this.ended = event('close');
  }

  get pid(): number {
    return this.process.pid!;
  }

  get output(): string {
    return this.printed;
  }

  /** What it prints may be read after what it answers, even if it was written long before. */
  async prints(pattern: RegExp): Promise<void> {
    await eventually(`${this.name} prints ${pattern}`, async () => pattern.test(this.printed));
  }

  get running(): boolean {
    return this.process.exitCode === null && this.process.signalCode === null;
  }

  signal(signal: NodeJS.Signals): void {
    this.process.kill(signal);
  }

  /** Sends a signal and waits for the end; SIGKILL when it does not come. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (!this.running) return;
    this.process.kill(signal);
    const timer = setTimeout(() => this.process.kill('SIGKILL'), PATIENCE_MS);
    await this.exited;
    clearTimeout(timer);
  }
}
