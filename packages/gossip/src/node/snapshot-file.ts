import { mkdir, open, readFile, rename, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock, Logger, Timer } from '@tribune/platform';
import type { SerfClocks } from '../serf/serf';
import { emptySnapshot, replaySnapshot, snapshotText, type Snapshot } from './snapshot-replay';

const FLUSH_INTERVAL_MS = 500;
/** Compact when the file exceeds both this and twice what its members need. */
const COMPACT_BYTES = 128 * 1024;
const BYTES_PER_MEMBER = 128;

/**
 * Remembers who was alive and what was seen, in serf's own file format, so that a restarted agent finds the pool
 * without being told and does not show old events again. Appends in batches; a crash loses half a second at most.
 */
export class SnapshotFile {
  private readonly alive = new Map<string, string>();
  private written: SerfClocks = { clock: 0, eventClock: 0, queryClock: 0 };
  private pending = '';
  private bytes = 0;
  private file: FileHandle | undefined;
  private timer: Timer | undefined;
  private work: Promise<void> = Promise.resolve();
  private hasLeft = false;

  constructor(
    private readonly path: string,
    private readonly collaborators: { clock: Clock; logger: Logger; clocks: () => SerfClocks },
  ) {}

  /** What the last run knew. */
  async open(rejoinAfterLeave: boolean): Promise<Snapshot> {
    await mkdir(dirname(this.path), { recursive: true });
    const text = await readFile(this.path, 'utf8').catch(() => '');
    const snapshot = text === '' ? emptySnapshot : replaySnapshot(text, rejoinAfterLeave);
    for (const [name, address] of snapshot.alive) this.alive.set(name, address);
    this.written = snapshot;
    await this.compact();
    this.schedule();
    return snapshot;
  }

  memberAlive(name: string, address: string): void {
    if (this.hasLeft || this.alive.get(name) === address) return;
    this.alive.set(name, address);
    this.pending += `alive: ${name} ${address}\n`;
  }

  memberGone(name: string): void {
    if (this.hasLeft || !this.alive.delete(name)) return;
    this.pending += `not-alive: ${name}\n`;
  }

  /** The next start does not rejoin by itself. */
  leave(): void {
    if (this.hasLeft) return;
    this.hasLeft = true;
    this.pending += 'leave\n';
  }

  async close(): Promise<void> {
    this.timer?.cancel();
    await this.flush();
    await this.file?.close();
    this.file = undefined;
  }

  private schedule(): void {
    this.timer = this.collaborators.clock.setTimer(FLUSH_INTERVAL_MS, () => {
      void this.flush().finally(() => this.file && this.schedule());
    });
  }

  private flush(): Promise<void> {
    this.work = this.work.then(() => this.write()).catch((error: unknown) => this.failed(error));
    return this.work;
  }

  private async write(): Promise<void> {
    if (!this.file) return;
    this.noteClocks();
    if (this.pending === '') return;
    const text = this.pending;
    this.pending = '';
    await this.file.appendFile(text);
    this.bytes += Buffer.byteLength(text);
    if (this.bytes > Math.max(COMPACT_BYTES, 2 * BYTES_PER_MEMBER * this.alive.size) && !this.hasLeft)
      await this.compact();
  }

  // A clock is ahead of what was seen by one.
  private noteClocks(): void {
    if (this.hasLeft) return;
    const now = this.collaborators.clocks();
    if (now.clock - 1 > this.written.clock) this.pending += `clock: ${now.clock - 1}\n`;
    if (now.eventClock - 1 > this.written.eventClock) this.pending += `event-clock: ${now.eventClock - 1}\n`;
    if (now.queryClock - 1 > this.written.queryClock) this.pending += `query-clock: ${now.queryClock - 1}\n`;
    this.written = {
      clock: Math.max(this.written.clock, now.clock - 1),
      eventClock: Math.max(this.written.eventClock, now.eventClock - 1),
      queryClock: Math.max(this.written.queryClock, now.queryClock - 1),
    };
  }

  private async compact(): Promise<void> {
    const text = snapshotText({ alive: this.alive, ...this.written });
    const next = await open(`${this.path}.compact`, 'w', 0o644);
    await next.writeFile(text);
    await next.sync();
    await next.close();
    await this.file?.close();
    await rename(`${this.path}.compact`, this.path);
    this.file = await open(this.path, 'a', 0o644);
    this.bytes = Buffer.byteLength(text);
  }

  private failed(error: unknown): void {
    this.collaborators.logger.error('cannot write the snapshot', { path: this.path, error });
  }
}
