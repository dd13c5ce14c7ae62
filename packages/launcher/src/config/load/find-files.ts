import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileErrorText } from '@tribune/platform';
import type { Problem } from '../schema/problem';
import type { Source, SourceFormat } from './read-source';

const FORMATS: Readonly<Record<string, SourceFormat>> = { '.json': 'json', '.hcl': 'hcl' };

/**
 * The files behind `-config-file` and `-config-dir`, in the order given; a directory's files in lexical order, its
 * sub-directories not at all, and only those with a known extension (every file when `format` is forced).
 */
export function findFiles(
  paths: readonly string[],
  format: SourceFormat | undefined,
): { readonly sources: readonly Source[]; readonly problems: readonly Problem[] } {
  const sources: Source[] = [];
  const problems: Problem[] = [];
  for (const path of paths) {
    try {
      const files = statSync(path).isDirectory() ? filesOf(path, format) : [path];
      for (const file of files) sources.push(open(file, format));
    } catch (thrown) {
      problems.push(problemOf(path, thrown));
    }
  }
  return { sources, problems };
}

function filesOf(directory: string, format: SourceFormat | undefined): readonly string[] {
  return readdirSync(directory)
    .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .filter((name) => format !== undefined || extname(name) in FORMATS)
    .map((name) => join(directory, name))
    .filter((path) => statSync(path).isFile());
}

function problemOf(path: string, thrown: unknown): Problem {
  const isOfSystem = (thrown as NodeJS.ErrnoException).code !== undefined;
  if (!isOfSystem) return { key: '', source: path, message: (thrown as Error).message };
  return { key: '', source: '', message: `config: Open failed on ${path}. ${fileErrorText('open', path, thrown)}` };
}

function open(file: string, forced: SourceFormat | undefined): Source {
  const format = forced ?? FORMATS[extname(file)];
  if (format === undefined) throw new Error('the extension must be .hcl or .json, or give -config-format');
  return { name: file, format, text: readFileSync(file, 'utf8') };
}
