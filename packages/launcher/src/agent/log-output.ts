import { createWriteStream, mkdirSync, readdirSync, renameSync, rmSync, statSync, type WriteStream } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { Writable } from 'node:stream';
import { createLogger, type LogSource } from '@tribune/platform';
import type { AgentConfig } from '../config/agent-config';

/** The agent's log: standard output, and `log_file` besides when it is given. */
export function openLog(log: AgentConfig['log'], stdout: NodeJS.WritableStream & { isTTY?: boolean }): LogSource {
  const destination = log.file === '' ? stdout : new Tee(stdout, new LogFile(log));
  return createLogger({ level: log.level, format: (log.json ?? stdout.isTTY !== true) ? 'json' : 'text', destination });
}

class Tee extends Writable {
  constructor(
    private readonly first: NodeJS.WritableStream,
    private readonly second: LogFile,
  ) {
    super({ decodeStrings: false });
  }

  override _write(chunk: string, _: BufferEncoding, done: () => void): void {
    this.first.write(chunk);
    this.second.write(chunk);
    done();
  }
}

/** Consul's rotation: `tribune.log` is renamed to `tribune-<time>.log` when it is too large or too old. */
class LogFile {
  private stream: WriteStream;
  private bytes = 0;
  private openedMs = Date.now();
  private readonly path: string;

  constructor(private readonly log: AgentConfig['log']) {
    this.path = log.file.endsWith('/') ? join(log.file, 'tribune.log') : log.file;
    mkdirSync(dirname(this.path), { recursive: true });
    this.stream = this.open();
  }

  write(text: string): void {
    const tooLarge = this.log.rotateBytes > 0 && this.bytes >= this.log.rotateBytes;
    const tooOld = this.log.rotateMs > 0 && Date.now() - this.openedMs >= this.log.rotateMs;
    if (tooLarge || tooOld) this.rotate();
    this.bytes += Buffer.byteLength(text);
    this.stream.write(text);
  }

  private open(): WriteStream {
    const stream = createWriteStream(this.path, { flags: 'a', mode: 0o640 });
    // A full disk must not end the agent: the log on standard output goes on.
    stream.on('error', () => undefined);
    this.bytes = statSync(this.path, { throwIfNoEntry: false })?.size ?? 0;
    return stream;
  }

  private rotate(): void {
    this.stream.end();
    const extension = extname(this.path);
    const stem = this.path.slice(0, this.path.length - extension.length);
    renameSync(this.path, `${stem}-${process.hrtime.bigint()}${extension}`);
    this.prune(`${basename(stem)}-`, extension);
    this.openedMs = Date.now();
    this.stream = this.open();
  }

  private prune(prefix: string, extension: string): void {
    const { rotateFilesMax } = this.log;
    if (rotateFilesMax === 0) return;
    const archives = readdirSync(dirname(this.path))
      .filter((name) => name.startsWith(prefix) && name.endsWith(extension))
      .sort();
    for (const name of archives.slice(0, Math.max(0, archives.length - Math.max(0, rotateFilesMax))))
      rmSync(join(dirname(this.path), name), { force: true });
  }
}
