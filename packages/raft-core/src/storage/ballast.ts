import { randomFillSync } from 'node:crypto';
import { mkdir, open, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Written at once: a log that syncs meanwhile waits for little more than usual. */
const SLICE_BYTES = 256 * 1024;

/** Disk space that can be given back when there is none left (S5). */
export interface Ballast {
  readonly bytes: number;
  /** How much of the disk it takes now. */
  readonly heldBytes: number;
  /** Looks what an earlier process left. */
  open(): Promise<void>;
  fill(): Promise<void>;
  release(): Promise<void>;
}

/** A file of bytes that nobody reads, and that no file system can compress away. */
export class BallastFile implements Ballast {
  private held = 0;

  constructor(
    private readonly path: string,
    readonly bytes: number,
  ) {}

  get heldBytes(): number {
    return this.held;
  }

  async open(): Promise<void> {
    const found = await stat(this.path).catch(() => undefined);
    this.held = found?.size ?? 0;
  }

  async fill(): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true });
    const file = await open(this.path, 'a');
    try {
      const slice = randomFillSync(Buffer.allocUnsafe(SLICE_BYTES));
      while (this.held < this.bytes) {
        const { bytesWritten } = await file.write(slice, 0, Math.min(SLICE_BYTES, this.bytes - this.held));
        this.held += bytesWritten;
        await nextTurn();
      }
      await file.datasync();
    } finally {
      await file.close();
    }
  }

  async release(): Promise<void> {
    await rm(this.path, { force: true });
    this.held = 0;
  }
}

/** For servers that keep no reserve. */
export const noBallast: Ballast = {
  bytes: 0,
  heldBytes: 0,
  open: async () => undefined,
  fill: async () => undefined,
  release: async () => undefined,
};
