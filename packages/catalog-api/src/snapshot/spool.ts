import { createHash } from 'node:crypto';
import { open, unlink, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';

/** Bytes read from the file at once. */
const PIECE = 64 * 1024;

/**
 * Bytes that must be read twice, or whose number must be known before the first is sent, and that are too many for
 * memory: a temporary file without a name, gone when it is closed or the process ends.
 */
export class Spool {
  private readonly hash = createHash('sha256');
  private bytes = 0;

  private constructor(private readonly file: FileHandle) {}

  static async create(): Promise<Spool> {
    const path = join(tmpdir(), `tribune-${randomUUID()}`);
    const file = await open(path, 'wx+', 0o600);
    await unlink(path);
    return new Spool(file);
  }

  get size(): number {
    return this.bytes;
  }

  async append(bytes: Uint8Array): Promise<void> {
    this.hash.update(bytes);
    for (let done = 0; done < bytes.length;) {
      const { bytesWritten } = await this.file.write(bytes, done, bytes.length - done, this.bytes + done);
      done += bytesWritten;
    }
    this.bytes += bytes.length;
  }

  /** SHA-256 of all bytes, in hex; nothing can be appended afterwards. */
  digest(): string {
    return this.hash.digest('hex');
  }

  async *read(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < this.bytes;) {
      const { buffer, bytesRead } = await this.file.read(Buffer.allocUnsafe(PIECE), 0, PIECE, at);
      if (bytesRead === 0) throw new Error('a temporary file ended early');
      at += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }

  close(): Promise<void> {
    return this.file.close();
  }
}
