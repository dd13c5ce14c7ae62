import { open } from 'node:fs/promises';

/** Makes what was created, renamed or removed in a folder durable: syncing a file says nothing about its name. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
