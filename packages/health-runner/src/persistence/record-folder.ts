import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, type Logger } from '@tribune/platform';
import { exactJson, parseExactJson } from '@tribune/protocol';
import { FolderSync } from './folder-sync';

/** First member of each file; a file of another version is left alone and reported. */
const FORMAT_VERSION = 1;

interface RecordFile {
  readonly version: number;
  readonly id: string;
  readonly value: unknown;
}

/**
 * A folder with one file per record, named by the SHA-256 of its id (ids may hold any character). A file is written
 * beside its place, synced and renamed, so that a crash leaves the old or the new one; writes of one record keep their order.
 */
export class RecordFolder<T> {
  private readonly writing = new Map<string, Promise<void>>();
  /** Hash of what is on disk, by id: services that register themselves again and again cost no write. */
  private readonly written = new Map<string, string>();
  private readonly folderSync: FolderSync;

  constructor(
    private readonly folder: string,
    private readonly logger: Logger,
  ) {
    this.folderSync = new FolderSync(folder);
  }

  /** `durable: false` skips the sync, for state whose loss costs nothing. */
  put(id: string, value: T, { durable }: { readonly durable: boolean } = { durable: true }): Promise<void> {
    return this.inOrder(id, () => this.write(id, value, durable));
  }

  remove(id: string): Promise<void> {
    return this.inOrder(id, async () => {
      this.written.delete(id);
      await rm(this.pathOf(id), { force: true });
    });
  }

  /** Every readable record. A damaged file is reported and skipped. */
  async load(): Promise<ReadonlyMap<string, T>> {
    const records = new Map<string, T>();
    for (const name of await this.names()) {
      const path = join(this.folder, name);
      try {
        const { id, value } = parse(await readFile(path, 'utf8'));
        records.set(id, value as T);
      } catch (thrown) {
        this.logger.error('skipped a damaged file', { path, error: messageOf(thrown) });
      }
    }
    return records;
  }

  /** Resolves when everything that was asked for is done. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.writing.values());
  }

  private async names(): Promise<string[]> {
    await mkdir(this.folder, { recursive: true });
    const entries = await readdir(this.folder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && !entry.name.endsWith('.tmp'))
      .map(({ name }) => name)
      .sort();
  }

  private inOrder(id: string, work: () => Promise<void>): Promise<void> {
    const before = this.writing.get(id) ?? Promise.resolve();
    const mine = before.catch(() => undefined).then(work);
    this.writing.set(id, mine);
    const forget = (): void => {
      if (this.writing.get(id) === mine) this.writing.delete(id);
    };
    mine.then(forget, forget);
    return mine;
  }

  private async write(id: string, value: T, durable: boolean): Promise<void> {
    const content: RecordFile = { version: FORMAT_VERSION, id, value };
    const text = exactJson(content);
    const hash = sha256(text);
    if (this.written.get(id) === hash) return;
    this.written.delete(id);
    await this.replace(this.pathOf(id), text, durable);
    this.written.set(id, hash);
  }

  private async replace(path: string, text: string, durable: boolean): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    // Registrations may carry tokens: nobody else reads them.
    const file = await open(`${path}.tmp`, 'w', 0o600);
    try {
      await file.writeFile(text);
      if (durable) await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${path}.tmp`, path);
    // A rename is on disk once its folder is.
    if (durable) await this.folderSync.after();
  }

  private pathOf(id: string): string {
    return join(this.folder, sha256(id));
  }
}

function parse(text: string): RecordFile {
  const file = parseExactJson(text) as Partial<RecordFile> | null;
  if (file?.version !== FORMAT_VERSION) throw new Error(`format version ${String(file?.version)} is not known`);
  if (typeof file.id !== 'string' || typeof file.value !== 'object') throw new Error('id or value is missing');
  return file as RecordFile;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
