import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { AgentProcess } from '../agent-process';

/** Disks that can be slow, and that forget what was never synced. Needs gcc (Linux). */
export class DiskShim {
  private readonly folder = mkdtempSync(join(tmpdir(), 'tribune-shim-'));
  private readonly library = join(this.folder, 'disk-shim.so');

  constructor() {
    const source = resolve(__dirname, '../../src/faults/disk-shim.c');
    execFileSync('gcc', ['-shared', '-fPIC', '-O2', '-o', this.library, source, '-ldl']);
  }

  /** From its next start on. */
  under(server: AgentProcess): void {
    server.surround({
      LD_PRELOAD: this.library,
      TRIBUNE_SYNCS: this.journal(server),
      TRIBUNE_DELAY: this.delay(server),
    });
  }

  /** Each sync of this server takes that much longer. */
  slow(server: AgentProcess, ms: number): void {
    writeFileSync(this.delay(server), String(ms));
  }

  /** What is left of the files of a killed server after a power cut. Returns how many bytes are gone. */
  dropUnsynced(server: AgentProcess): number {
    const synced = this.syncedBytes(server);
    let dropped = 0;
    for (const path of filesUnder(server.dataFolder)) {
      const { ino, size } = statSync(path);
      const kept = Math.min(size, synced.get(ino) ?? 0);
      if (kept < size) truncateSync(path, kept);
      dropped += size - kept;
    }
    return dropped;
  }

  private syncedBytes(server: AgentProcess): ReadonlyMap<number, number> {
    const journal = this.journal(server);
    const lines = existsSync(journal) ? readFileSync(journal, 'utf8').trimEnd().split('\n') : [];
    return new Map(lines.map((line) => line.split(' ').map(Number) as [number, number]));
  }

  private journal(server: AgentProcess): string {
    return join(this.folder, `${server.name}.syncs`);
  }

  private delay(server: AgentProcess): string {
    return join(this.folder, `${server.name}.delay`);
  }
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}
