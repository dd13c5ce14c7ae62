import { messageOf } from '@tribune/platform';
import type { RestoreCommand } from '../commands/command';
import type { Outcome } from '../commands/outcome';
import { decodeDeltas } from '../encoding/delta-codec';
import { Tables } from '../tables/tables';
import { RESTORED_INDEX } from '../tables/indexes';
import type { StagingMark } from '../encoding/staging-codec';
import { withIndexesUpTo } from './index-bound';

/**
 * A restore under way: the rows of another state, gathered command by command beside the tables in use, so that no
 * command takes long and the last one only swaps. It is part of the replicated state: a server that starts from a
 * snapshot in the middle of a restore goes on with it.
 */
export class Staging implements StagingMark {
  constructor(
    readonly id: string,
    /** Rows never carry a higher index than this: the index at which the restore began. */
    readonly indexMax: number,
    /** Sequence number of the chunk that must come next. */
    public next: number,
    readonly tables = new Tables(),
  ) {}

  clone(): Staging {
    return new Staging(this.id, this.indexMax, this.next, this.tables.clone());
  }

  add(chunk: Uint8Array): void {
    for (const { table, row } of decodeDeltas(chunk)) {
      this.tables.table(table).put(withIndexesUpTo(this.indexMax, row));
    }
    this.next++;
  }
}

/** What a restore command leaves behind: the restore that goes on, or tables that take the place of those in use. */
export interface RestoreStep {
  readonly outcome: Outcome;
  readonly staging?: Staging;
  readonly replacement?: Tables;
}

const DONE: Outcome = { kind: 'done', ok: true };

export function restoreStep(index: number, command: RestoreCommand, staging: Staging | undefined): RestoreStep {
  // The newest restore wins: whoever began an earlier one hears of it with the next chunk.
  if (command.type === 'restore-begin') return { outcome: DONE, staging: new Staging(command.id, index, 0) };
  if (staging?.id !== command.id) return failed('the restore was superseded by another or given up', staging);
  switch (command.type) {
    case 'restore-abort':
      return { outcome: DONE };
    case 'restore-chunk':
      return addChunk(command.sequence, command.rows, staging);
    case 'restore-commit':
      if (staging.next !== command.chunks) return failed(`chunk ${staging.next} of ${command.chunks} is missing`);
      staging.tables.indexes.put({ name: RESTORED_INDEX, index });
      return { outcome: DONE, replacement: staging.tables };
  }
}

function addChunk(sequence: number, rows: Uint8Array, staging: Staging): RestoreStep {
  // Sent again since nobody heard what became of it.
  if (sequence < staging.next) return { outcome: DONE, staging };
  if (sequence !== staging.next) return failed(`chunk ${sequence} came in the place of chunk ${staging.next}`);
  try {
    staging.add(rows);
  } catch (error) {
    // Whatever it is: the tables in use are untouched, and every server comes to the same end.
    return failed(`chunk ${sequence} cannot be read: ${messageOf(error)}`);
  }
  return { outcome: DONE, staging };
}

/** Without `staging` the restore is given up. */
const failed = (message: string, staging?: Staging): RestoreStep => ({
  outcome: { kind: 'error', message },
  staging,
});
