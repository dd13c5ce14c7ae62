import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { CodedError, sleep, type Clock, type Readiness } from '@tribune/platform';
import type { ListenAddress } from '../config/agent-config';
import type { Piece } from './piece';

export interface ProcessPieceOptions {
  readonly name: string;
  /** The script that Node runs, and its arguments. */
  readonly main: string;
  readonly args: () => readonly string[];
  /** The piece works when something accepts connections here. */
  readonly listensAt: () => ListenAddress;
  readonly env?: NodeJS.ProcessEnv;
}

export class PieceExitedError extends CodedError<{ code: 'PIECE_EXITED'; piece: string }> {}

const END_WITH_PARENT = join(__dirname, '../../bin/end-with-parent.cjs');
const POLL_MS = 10;
/** A piece that does not listen by then is taken for stuck. */
const START_TIMEOUT_MS = 30_000;
/** After SIGTERM; then SIGKILL. */
const STOP_TIMEOUT_MS = 5_000;

/** A piece as an operating-system process of its own, started from its own `main`; its log joins ours. */
export class ProcessPiece implements Piece {
  readonly name: string;
  private child: ChildProcess | undefined;

  constructor(
    private readonly options: ProcessPieceOptions,
    private readonly clock: Clock,
  ) {
    this.name = options.name;
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  async start(died: (reason: Error) => void): Promise<void> {
    const { main, args, env } = this.options;
    const listensAt = this.options.listensAt();
    // What a life before this one left; gRPC does not bind over it.
    if ('path' in listensAt) rmSync(listensAt.path, { force: true });
    // A group of its own: Ctrl-C in a terminal reaches the launcher alone, which stops the pieces in order.
    const child = spawn(process.execPath, ['--require', END_WITH_PARENT, main, ...args()], {
      stdio: ['pipe', 'inherit', 'inherit'],
      detached: true,
      ...(env ? { env } : {}),
    });
    this.child = child;
    // Nothing is written: the pipe tells the piece when we are gone. It may well be gone first.
    child.stdin!.on('error', () => undefined);
    let hasStarted = false;
    const exited = new Promise<Error>((resolve) => {
      child.once('error', resolve);
      child.once('exit', (code, signal) => resolve(this.exitOf(code, signal)));
    });
    void exited.then((reason) => {
      const isOurs = this.child === child;
      if (isOurs) this.child = undefined;
      if (isOurs && hasStarted) died(reason);
    });
    const failure = await Promise.race([this.untilListening(child, listensAt), exited]);
    if (failure) throw failure;
    hasStarted = true;
  }

  async stop(): Promise<void> {
    const child = this.child;
    this.child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    const cut = this.clock.setTimer(STOP_TIMEOUT_MS, () => void child.kill('SIGKILL'));
    await exit;
    cut.cancel();
  }

  /** Ends the process as if it had died, so that its supervisor starts it again with the arguments of that time. */
  end(): void {
    this.child?.kill('SIGTERM');
  }

  readiness(): Readiness {
    return this.child ? { ready: true } : { ready: false, reason: `${this.name} is not running` };
  }

  private async untilListening(child: ChildProcess, address: ListenAddress): Promise<Error | undefined> {
    const deadlineMs = this.clock.monotonicMs() + START_TIMEOUT_MS;
    while (this.child === child) {
      if (await accepts(address)) return undefined;
      if (this.clock.monotonicMs() > deadlineMs) return this.error(`does not listen after ${START_TIMEOUT_MS} ms`);
      await sleep(this.clock, POLL_MS);
    }
    return this.error('was stopped before it listened');
  }

  private exitOf(code: number | null, signal: string | null): Error {
    return this.error(signal === null ? `exited with code ${code}` : `was ended by ${signal}`);
  }

  private error(what: string): Error {
    return new PieceExitedError({ code: 'PIECE_EXITED', piece: this.name }, `the process of ${this.name} ${what}`);
  }
}

function accepts(address: ListenAddress): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = 'path' in address ? connect(address.path) : connect(address.port, address.host);
    const settle = (isListening: boolean): void => {
      socket.destroy();
      resolve(isListening);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}
