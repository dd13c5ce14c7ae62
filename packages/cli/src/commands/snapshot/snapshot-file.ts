import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { Complaint, orComplain } from '../../errors/complaint';

/** What `inspect` shows of a file. */
export interface SnapshotSummary {
  readonly ID: string;
  readonly Size: number;
  readonly Index: number;
  readonly Term: number;
  readonly Version: number;
}

/** The one argument of each command here. */
export function fileOf(args: readonly string[]): string {
  if (args.length === 0) throw new Complaint('Missing FILE argument');
  if (args.length > 1) throw new Complaint(`Too many arguments (expected 1, got ${args.length})`);
  return args[0]!;
}

/** Complains in the words of Go when there is no such file. */
export async function mustOpen(path: string): Promise<void> {
  try {
    await access(path);
  } catch (error) {
    throw new Complaint(`Error opening snapshot file: open ${path}: ${openProblem(error)}`);
  }
}

/** Reads the whole file; complains unless every byte of it is as it was written. */
export function verified(path: string): Promise<SnapshotSummary> {
  const { readArchive } = require('@tribune/protocol') as typeof import('@tribune/protocol');
  return orComplain('Error verifying snapshot', () => readArchive(createReadStream(path)));
}

const PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EISDIR: 'is a directory',
};

export function openProblem(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return PROBLEMS[code] ?? message;
}
