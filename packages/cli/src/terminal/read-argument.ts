import { readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { Complaint } from '../errors/complaint';

/** A value as given on the command line: itself, `@file`, or `-` for standard input. Bytes stay bytes. */
export async function readArgument(given: string, stdin: Readable): Promise<Buffer> {
  if (given === '-') return readAll(stdin);
  return given.startsWith('@') ? readNamed(given.slice(1)) : Buffer.from(given);
}

export async function readAll(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks);
}

async function readNamed(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new Complaint(`Error! Failed to read file: open ${path}: ${systemReason(error as NodeJS.ErrnoException)}`);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EISDIR: 'is a directory',
};

/** The system's words, without Node's. */
export const systemReason = (error: NodeJS.ErrnoException): string => REASONS[error.code ?? ''] ?? error.message;
