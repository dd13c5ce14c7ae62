import { Readable } from 'node:stream';
import type { Terminal } from '../src/terminal/terminal';

/** A terminal in memory. */
export class FakeTerminal implements Terminal {
  readonly stdin: Readable;
  readonly env: Record<string, string | undefined>;
  private readonly out: Buffer[] = [];
  private readonly err: string[] = [];
  private readonly interrupt = new AbortController();

  constructor({ stdin = '', env = {} }: { readonly stdin?: string; readonly env?: Record<string, string> } = {}) {
    this.stdin = Readable.from([Buffer.from(stdin)]);
    this.env = env;
  }

  get stdout(): string {
    return this.bytes.toString();
  }

  get bytes(): Buffer {
    return Buffer.concat(this.out);
  }

  get stderr(): string {
    return this.err.join('');
  }

  print(line: string): void {
    this.write(`${line}\n`);
  }

  write(chunk: string | Uint8Array): void {
    this.out.push(Buffer.from(chunk as Uint8Array));
  }

  complain(line: string): void {
    this.err.push(`${line}\n`);
  }

  interrupted(): AbortSignal {
    return this.interrupt.signal;
  }

  /** Ctrl-C. */
  pressCtrlC(): void {
    this.interrupt.abort();
  }
}
