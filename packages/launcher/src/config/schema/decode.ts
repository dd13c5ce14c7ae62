import { isObject, shown } from './kinds';
import type { AnyLeaf, Fields, Given } from './field';
import type { PlainObject, PlainValue } from '../hcl/plain-tree';

export interface Finding {
  readonly key: string;
  readonly message: string;
}

export interface DecodeResult<F extends Fields> {
  readonly given: Given<F>;
  readonly problems: readonly Finding[];
}

type Tree = Record<string, unknown>;

/** Reads one source against the table. Every unknown key, wrong type and unserved value is reported; the rest is kept. */
export function decode<F extends Fields>(raw: PlainObject, fields: F): DecodeResult<F> {
  const problems: Finding[] = [];
  return { given: decodeGroup(raw, fields, '', problems) as Given<F>, problems };
}

function decodeGroup(raw: PlainObject, fields: Fields, prefix: string, problems: Finding[]): Tree {
  const tree: Tree = {};
  for (const [key, value] of Object.entries(raw)) {
    const path = prefix === '' ? key : `${prefix}.${key}`;
    const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (!field) problems.push({ key: path, message: unknownKey(key, fields) });
    // Consul reads null as "not given".
    else if (value === null) continue;
    else if (field.kind === 'leaf') decodeLeaf(value, field, path, problems, (read) => (tree[key] = read));
    else if (isObject(value)) tree[key] = decodeGroup(value, field.fields, path, problems);
    else problems.push({ key: path, message: notAnObject(value) });
  }
  return tree;
}

function decodeLeaf(
  raw: PlainValue,
  leaf: AnyLeaf,
  path: string,
  problems: Finding[],
  keep: (value: unknown) => void,
): void {
  const reading = leaf.read(raw);
  const message = 'problem' in reading ? reading.problem : refusalOf(leaf, reading.value);
  if (message !== undefined) problems.push({ key: path, message });
  else if ('value' in reading) keep(reading.value);
}

/** Why this value cannot be taken, or undefined. */
export function refusalOf(leaf: AnyLeaf, value: unknown): string | undefined {
  if (leaf.support.kind !== 'refused' || leaf.support.isHarmless(value)) return undefined;
  return `${shown(value as PlainValue)} is not supported: ${leaf.support.why}`;
}

function notAnObject(value: PlainValue): string {
  return Array.isArray(value)
    ? `given ${value.length} times, one is allowed`
    : `expected an object, got ${shown(value)}`;
}

function unknownKey(key: string, fields: Fields): string {
  const near = Object.keys(fields).find((known) => isNear(key.toLowerCase(), known));
  return near === undefined ? 'invalid config key' : `invalid config key, did you mean "${near}"?`;
}

/** One letter added, dropped or changed, two swapped, or another case: the usual slips. */
function isNear(given: string, known: string): boolean {
  if (Math.abs(given.length - known.length) > 1) return false;
  if (given === known) return true;
  let at = 0;
  while (given[at] === known[at] && at < given.length) at += 1;
  const tail = (text: string, from: number): string => text.slice(from);
  return (
    tail(given, at + 1) === tail(known, at + 1) ||
    tail(given, at + 1) === tail(known, at) ||
    tail(given, at) === tail(known, at + 1) ||
    (given[at] === known[at + 1] && given[at + 1] === known[at] && tail(given, at + 2) === tail(known, at + 2))
  );
}
