import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CodedError } from '@tribune/platform';
import { replaceFile } from '../storage/durable-file';
import type { Minority } from './state-audit';

/** This server's state is not that of the others: it says nothing more, and does not come back under this folder. */
export class QuarantineError extends CodedError<{ readonly code: 'STATE_QUARANTINED'; readonly file: string }> {}

const FILE = 'quarantined.json';

/** Durable before the server ends: a restart would load what is wrong from its snapshot and serve it again. */
export async function quarantine(dataDir: string, minority: Minority): Promise<QuarantineError> {
  const file = join(dataDir, FILE);
  await replaceFile(file, `${JSON.stringify(minority)}\n`);
  return errorOf(file, minority);
}

/** Throws when an earlier run found that what is in this folder cannot be trusted. */
export async function refuseQuarantined(dataDir: string): Promise<void> {
  const file = join(dataDir, FILE);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text !== undefined) throw errorOf(file, JSON.parse(text) as Minority);
}

const errorOf = (file: string, { index, table }: Minority): QuarantineError =>
  new QuarantineError(
    { code: 'STATE_QUARANTINED', file },
    `at index ${index} the table ${table} of this server was not what a majority of the servers had: ` +
      `remove its folder and let it join under a new id (found in ${file})`,
  );
