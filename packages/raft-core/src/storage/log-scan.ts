/** What a walk over all entries found: where the trustworthy part ends, and what the core must know about it. */
import type { TermStart } from '../core/config';
import { decodeConfiguration } from '../core/configuration-codec';
import type { Configuration, Entry, LogIndex } from '../core/message';
import { entriesOf, type Run } from './entry-run';
import type { LogHead } from './log-head';
import type { Link } from './log-record';
import { isFromTheFuture } from './storage-error';

export interface LogScan {
  lastIndex: LogIndex;
  lastLink: Link;
  readonly termStarts: TermStart[];
  readonly configurations: { readonly index: LogIndex; readonly configuration: Configuration }[];
  /** Why the walk ended early; undefined when it reached the end. */
  damage?: unknown;
}

/**
 * Follows the chain from the head's base until the end or the first record that breaks it. The first run may begin with
 * entries that were compacted. Throws RAFT_FORMAT_UNKNOWN: what a later version wrote is not damaged.
 */
export async function scanLog(head: LogHead, batches: AsyncIterable<readonly Run[]>): Promise<LogScan> {
  const scan: LogScan = { lastIndex: head.base.index, lastLink: head.baseLink, termStarts: [], configurations: [] };
  try {
    for await (const batch of batches) for (const run of batch) takeRun(scan, run);
  } catch (damage) {
    if (isFromTheFuture(damage)) throw damage;
    scan.damage = damage;
  }
  return scan;
}

function takeRun(scan: LogScan, run: Run): void {
  const expected = scan.lastIndex + 1;
  const hasBegun = scan.termStarts.length > 0;
  if (hasBegun && run.first < expected) throw new Error(`log entry ${run.first} is there twice`);
  for (const { entry, link } of entriesOf(run, expected, scan.lastLink)) {
    note(scan, entry);
    scan.lastIndex = entry.index;
    scan.lastLink = link;
  }
}

function note(scan: LogScan, entry: Entry): void {
  if (scan.termStarts.at(-1)?.term !== entry.term) scan.termStarts.push({ term: entry.term, index: entry.index });
  if (entry.kind === 'configuration') {
    scan.configurations.push({ index: entry.index, configuration: decodeConfiguration(entry.data) });
  }
}
