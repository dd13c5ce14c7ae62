import { open, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Makes what was created, renamed or removed in a folder durable: syncing a file says nothing about its name. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** Writes a small file as a whole: a crash leaves the old one or the new one. Durable when it resolves. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const next = `${path}.tmp`;
  await writeFile(next, text, { flush: true });
  await rename(next, path);
  await syncDirectory(dirname(path));
}
