/** What a walk over all entries found: where the trustworthy part ends, and what the core must know about it. */
import type { TermStart } from '../core/config';
import { decodeConfiguration } from '../core/configuration-codec';
import type { Configuration, Entry, LogIndex } from '../core/message';
import type { LogHead } from './log-head';
import { decodeRecord, type Link } from './log-record';

export interface LogScan {
  lastIndex: LogIndex;
  lastLink: Link;
  readonly termStarts: TermStart[];
  readonly configurations: { readonly index: LogIndex; readonly configuration: Configuration }[];
  /** Why the walk ended early; undefined when it reached the end. */
  damage?: unknown;
}

export type RawRecord = readonly [index: LogIndex, bytes: Buffer];

/** Follows the chain from the head's base until the end or the first record that breaks it. */
export async function scanLog(head: LogHead, batches: AsyncIterable<readonly RawRecord[]>): Promise<LogScan> {
  const scan: LogScan = { lastIndex: head.base.index, lastLink: head.baseLink, termStarts: [], configurations: [] };
  try {
    for await (const batch of batches) for (const record of batch) takeRecord(scan, record);
  } catch (damage) {
    scan.damage = damage;
  }
  return scan;
}

function takeRecord(scan: LogScan, [index, bytes]: RawRecord): void {
  if (index !== scan.lastIndex + 1) throw new Error(`log entry ${scan.lastIndex + 1} is missing`);
  const { entry, link } = decodeRecord(bytes, { index, previous: scan.lastLink });
  note(scan, entry);
  scan.lastIndex = index;
  scan.lastLink = link;
}

function note(scan: LogScan, entry: Entry): void {
  if (scan.termStarts.at(-1)?.term !== entry.term) scan.termStarts.push({ term: entry.term, index: entry.index });
  if (entry.kind === 'configuration') {
    scan.configurations.push({ index: entry.index, configuration: decodeConfiguration(entry.data) });
  }
}
