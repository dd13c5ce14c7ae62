import type { Readable } from 'node:stream';

/** The process around a command: its streams, environment and signals. */
export interface Terminal {
  readonly stdin: Readable;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Writes one line to standard output. */
  print(line: string): void;
  /** Writes bytes or text to standard output as they are. */
  write(chunk: string | Uint8Array): void;
  /** Writes one line to standard error. */
  complain(line: string): void;
  /** Aborted by the first SIGINT or SIGTERM. Asking for it takes over both signals from Node's default. */
  interrupted(): AbortSignal;
}

/** The real one. */
export function processTerminal(): Terminal {
  let interrupt: AbortController | undefined;
  process.stdout.on('error', dieQuietly);
  return {
    stdin: process.stdin,
    env: process.env,
    print: (line) => void process.stdout.write(`${line}\n`),
    write: (chunk) => void process.stdout.write(chunk),
    complain: (line) => void process.stderr.write(`${line}\n`),
    interrupted: () => (interrupt ??= followSignals()).signal,
  };
}

function followSignals(): AbortController {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => controller.abort());
  return controller;
}

/** `tribune kv get -recurse | head`: the reader has seen enough. */
function dieQuietly(error: NodeJS.ErrnoException): void {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
}
