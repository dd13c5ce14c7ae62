/**
 * The log in LevelDB, with everything that LevelDB alone does not promise (S1–S6; docs/raft-storage.md):
 *
 * - one synced batch per group commit: entries, removal of what they replace, and the head;
 * - checksum and chain per entry, verified on every read;
 * - a floor that tells a torn tail (never acknowledged, dropped) from lost entries (never forgotten);
 * - a latch: after the first failed write nothing is written again, since LevelDB itself would go on and lie.
 */
import { mkdir, rename, rm, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { assert } from '@tribune/platform';
import type { Entry, LogIndex, ServerId } from '../core/message';
import { syncDirectory } from './durable-file';
import { entriesOf, type Run, RunWriter, runUpTo } from './entry-run';
import { HeadFile } from './head-file';
import { type LevelBatch, LevelDatabase } from './level-database';
import { decodeHead, encodeHead, type LogHead } from './log-head';
import { type Link, type LinkedEntry, missing, noLink, recordBytes } from './log-record';
import { type LogScan, scanLog } from './log-scan';
import type { LogBatch, LogStore, RestoredLog } from './log-store';
import { isFromTheFuture, StorageError } from './storage-error';
import { findDamagedTable } from './table-check';

const emptyHead: LogHead = {
  serverId: '',
  sequence: 0,
  hardState: { term: 0, votedFor: undefined },
  base: { index: 0, term: 0 },
  baseLink: noLink,
  floor: 0,
  distrustedUpTo: 0,
};

export interface LevelLogStoreOptions {
  /** Folder of its own; created when missing. */
  readonly directory: string;
  /** Whose log this is: a folder of another server is refused (R13). */
  readonly serverId: ServerId;
}

export class LevelLogStore implements LogStore {
  private database: LevelDatabase | undefined;
  private readonly headFile: HeadFile;
  private readonly runs = new RunWriter();
  private head = emptyHead;
  private lastIndex: LogIndex = 0;
  private lastLink: Link = noLink;
  private poison: StorageError | undefined;
  /** Writes that carry the head follow one another: LevelDB's worker threads would not keep their order. */
  private writing: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: LevelLogStoreOptions) {
    this.headFile = new HeadFile(join(options.directory, 'head'));
  }

  async open(): Promise<RestoredLog> {
    const { directory } = this.options;
    await mkdir(directory, { recursive: true });
    const copy = this.headFile.open();
    const damage = await this.openSound();
    if (damage && !copy) throw this.unusable(damage);
    const isReadable = damage === undefined;
    this.head = await this.newestHead(copy, isReadable);
    await this.checkOwner();
    for (const folder of [directory, dirname(directory)]) await syncDirectory(folder);
    const scan = await scanLog(this.head, isReadable ? this.database!.runs(this.head.base.index + 1) : nothing());
    return this.settle({ ...scan, damage: damage ?? scan.damage }, isReadable);
  }

  append(batch: LogBatch): Promise<void> {
    return this.exclusively(() => this.appendNow(batch));
  }

  async read(from: LogIndex, to: LogIndex, bytesMax: number): Promise<readonly Entry[]> {
    if (from <= this.head.base.index) return [];
    const entries: Entry[] = [];
    let bytes = 0;
    let previous: Link | undefined;
    for await (const runs of this.database!.runs(from, to)) {
      for (const run of runs) {
        for (const { entry, link } of entriesOf(run, from + entries.length, previous)) {
          bytes += recordBytes(entry.data.byteLength);
          if (entry.index > to || (entries.length > 0 && bytes > bytesMax)) return entries;
          entries.push(entry);
          previous = link;
        }
      }
    }
    if (entries.length === 0) throw missing(from);
    return entries;
  }

  async compact(index: LogIndex): Promise<void> {
    const from = this.head.base.index + 1;
    if (index < from) return;
    await this.exclusively(async () => {
      const { entry, link } = entryIn(await this.database!.runAt(index), index);
      await this.write(this.changes(), { ...this.head, base: { index, term: entry.term }, baseLink: link });
    });
    await this.database!.removeUpTo(index);
  }

  async freeBytes(): Promise<number> {
    await mkdir(this.options.directory, { recursive: true });
    const { bavail, bsize } = await statfs(this.options.directory);
    return bavail * bsize;
  }

  async close(): Promise<void> {
    await this.writing.catch(() => undefined);
    this.headFile.close();
    await this.database?.close();
    this.database = undefined;
  }

  private async appendNow({ hardState, entries, reset, distrustedUpTo = 0 }: LogBatch): Promise<void> {
    const changes = this.changes();
    const base = reset ?? this.head.base;
    const before = entries[0] ? entries[0].index - 1 : (reset?.index ?? this.lastIndex);
    const previous = reset ? await this.removeAll(changes) : await this.endAt(before, changes);
    const link = this.runs.write(entries, previous, (run) => changes.put(run));
    const last = entries.at(-1)?.index ?? before;
    const owed = Math.max(distrustedUpTo, this.head.distrustedUpTo);
    await this.write(changes, {
      ...this.head,
      hardState: hardState ?? this.head.hardState,
      base,
      baseLink: reset ? noLink : this.head.baseLink,
      floor: last,
      distrustedUpTo: last >= owed ? 0 : owed,
    });
    this.lastIndex = last;
    this.lastLink = link;
  }

  private async removeAll(changes: LevelBatch): Promise<Link> {
    for (const first of await this.database!.startsFrom(0)) changes.remove(first);
    return noLink;
  }

  private async endAt(index: LogIndex, changes: LevelBatch): Promise<Link> {
    return index === this.lastIndex ? this.lastLink : this.cutAfter(index, changes);
  }

  /** Makes `index` the last entry; a run that reaches beyond it is cut. Returns the link of that entry. */
  private async cutAfter(index: LogIndex, changes: LevelBatch): Promise<Link> {
    for (const first of await this.database!.startsFrom(index + 1)) changes.remove(first);
    const { base, baseLink } = this.head;
    const run = await this.database!.runAt(index);
    if (run) changes.put(runUpTo(run, index));
    return index === base.index ? baseLink : entryIn(run, index).link;
  }

  private changes(): LevelBatch {
    if (this.poison) throw this.poison;
    assert(this.database, 'the log is open');
    return this.database.batch();
  }

  /** The only place that writes. Head and changes become durable together. */
  private async write(changes: LevelBatch, next: LogHead): Promise<void> {
    const head = { ...next, sequence: this.head.sequence + 1 };
    const bytes = encodeHead(head);
    try {
      await changes.write(bytes);
      this.headFile.write(bytes, head.sequence, head.hardState !== this.head.hardState);
    } catch (cause) {
      this.poison = new StorageError({ code: 'RAFT_STORAGE_POISONED' }, 'a write to the log failed', { cause });
      throw this.poison;
    }
    this.head = head;
  }

  private exclusively(work: () => Promise<void>): Promise<void> {
    const done = this.writing.then(work);
    this.writing = done.catch(() => undefined);
    return done;
  }

  /** Drops a torn tail; when something durable is lost, keeps the sound part in a fresh database and remembers the rest. */
  private async settle(first: LogScan, isReadable: boolean): Promise<RestoredLog> {
    const { floor } = this.head;
    const isSound = isReadable && first.lastIndex >= floor;
    const cut = isSound ? await this.leftovers(first).catch(() => undefined) : undefined;
    const scan = cut ? first : await this.rebuild(first.lastIndex, isReadable);
    this.lastIndex = scan.lastIndex;
    this.lastLink = scan.lastLink;
    const lostEntries = scan.lastIndex < floor;
    const distrustedUpTo = lostEntries ? Math.max(floor, this.head.distrustedUpTo) : this.head.distrustedUpTo;
    await this.write(cut ?? this.changes(), { ...this.head, floor: scan.lastIndex, distrustedUpTo });
    return {
      hardState: this.head.hardState,
      base: this.head.base,
      lastIndex: scan.lastIndex,
      termStarts: scan.termStarts,
      configurations: scan.configurations,
      distrustedUpTo: distrustedUpTo || undefined,
      hasTornTail: cut !== undefined && first.damage !== undefined,
      damage: lostEntries ? first.damage : undefined,
    };
  }

  /** What removes a tail that was never durable. What a crash left of entries that were compacted goes at once. */
  private async leftovers({ lastIndex, damage }: LogScan): Promise<LevelBatch> {
    await this.database!.removeUpTo(this.head.base.index);
    const changes = this.changes();
    if (damage !== undefined) await this.cutAfter(lastIndex, changes);
    return changes;
  }

  /** A damaged table would fail LevelDB's next compaction: the sound entries move to a new database (S6: no repair). */
  private async rebuild(lastSound: LogIndex, isReadable: boolean): Promise<LogScan> {
    const damaged = isReadable ? this.database : undefined;
    const fresh = await LevelDatabase.open(this.path('log-rebuilt'), { discard: true });
    if (damaged) {
      // What cannot be read a second time is lost as well; the scan below sees where the sound part ends now.
      await this.copyEntries(damaged, fresh, lastSound).catch(() => undefined);
      await damaged.close();
    }
    await fresh.batch().write(encodeHead(this.head));
    await fresh.close();
    await rm(this.path('log-damaged'), { recursive: true, force: true });
    await rename(this.path('log'), this.path('log-damaged'));
    await rename(this.path('log-rebuilt'), this.path('log'));
    await syncDirectory(this.options.directory);
    this.database = await LevelDatabase.open(this.path('log'));
    return scanLog(this.head, this.database.runs(this.head.base.index + 1));
  }

  private async copyEntries(from: LevelDatabase, to: LevelDatabase, last: LogIndex): Promise<void> {
    for await (const runs of from.runs(this.head.base.index + 1, last)) {
      const copies = to.batch();
      for (const run of runs) copies.put(runUpTo(run, last));
      await copies.write(encodeHead(this.head));
    }
  }

  /** Returns why the database cannot be used, if so. */
  private async openSound(): Promise<unknown> {
    try {
      const damagedTable = await findDamagedTable(this.path('log'));
      if (damagedTable !== undefined) return new Error(`table ${damagedTable} is damaged`);
      this.database = await LevelDatabase.open(this.path('log'));
      return undefined;
    } catch (error) {
      return error;
    }
  }

  /** LevelDB's head or its copy, whichever is newer. Without either, a log that has entries cannot be used. */
  private async newestHead(copy: LogHead | undefined, isReadable: boolean): Promise<LogHead> {
    const { stored, error } = isReadable ? await this.storedHead() : {};
    if (isFromTheFuture(error)) throw error;
    if (error && !copy) throw this.unusable(error);
    const heads = [stored, copy].filter((head) => head !== undefined);
    const newest = heads.sort((a, b) => b.sequence - a.sequence)[0];
    if (newest) return newest;
    if (await this.database!.hasEntries()) throw this.unusable(undefined);
    return { ...emptyHead, serverId: this.options.serverId };
  }

  private async checkOwner(): Promise<void> {
    const { serverId: expected, directory } = this.options;
    const { serverId: found } = this.head;
    if (found === expected) return;
    await this.close();
    const message = `the data in ${directory} belongs to server ${found}, not ${expected}`;
    throw new StorageError({ code: 'RAFT_IDENTITY_MISMATCH', expected, found }, message);
  }

  private async storedHead(): Promise<{ stored?: LogHead; error?: unknown }> {
    try {
      const bytes = await this.database!.head();
      return { stored: bytes && decodeHead(bytes) };
    } catch (error) {
      return { error };
    }
  }

  private unusable(cause: unknown): StorageError {
    const { directory } = this.options;
    return new StorageError(
      { code: 'RAFT_LOG_UNUSABLE', directory },
      `term and vote in ${directory} cannot be read: remove the folder and let this server join under a new id`,
      { cause },
    );
  }

  private path(name: string): string {
    return join(this.options.directory, name);
  }
}

async function* nothing(): AsyncIterable<readonly Run[]> {}

function entryIn(run: Run | undefined, index: LogIndex): LinkedEntry {
  for (const found of run ? entriesOf(run, index) : []) return found;
  throw missing(index);
}
