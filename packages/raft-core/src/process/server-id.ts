import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Random } from '@tribune/platform';
import { replaceFile } from '../storage/durable-file';

const FILE = 'node-id';

/**
 * The identity of a server, for all time (R13): given, or made once and kept beside its log. A folder that was wiped
 * thus gets a new identity and can never take part under the old one.
 */
export async function serverId(given: string, dataDir: string | undefined, random: Random): Promise<string> {
  if (given !== '') return given;
  if (dataDir === undefined) return random.uuid();
  const path = join(dataDir, FILE);
  const kept = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return kept.trim() || keep(path, dataDir, random.uuid());
}

/** Durable before it is used. */
async function keep(path: string, dataDir: string, id: string): Promise<string> {
  await mkdir(dataDir, { recursive: true });
  await replaceFile(path, `${id}\n`);
  return id;
}
