import { goDurationProblem, parseGoDuration } from '@tribune/platform';
import type { JsonObject, JsonValue } from '../model/catalog';
import { jsonKind, type DefinitionProblem } from './definition-problem';

/**
 * A reader of JSON objects in the manner of Go's encoding/json, as Consul uses it: keys match without regard to case, and
 * here without regard to underscores (`ServiceID`, `serviceid` and `service_id` are one key); unknown keys are errors; null
 * leaves the default; the last of two equal keys wins.
 */
export type FieldKind =
  | 'string'
  /** A string that has a type of its own in Go. */
  | 'serviceKind'
  | 'int'
  | 'bool'
  | 'strings'
  | 'stringMap'
  | 'stringsMap'
  /** Go duration text, or a number of nanoseconds. Anything else is passed over, as Consul does. */
  | 'duration'
  /** Read by whoever owns the record; kept as it came. */
  | 'json'
  /** Known, and without meaning here. */
  | 'ignored';

export interface FieldSpec {
  /** The name in the decoded record. */
  readonly to: string;
  /** The name in error texts. */
  readonly goName: string;
  readonly kind: FieldKind;
}

/** By normalised key. */
export type FieldTable = ReadonlyMap<string, FieldSpec>;

export const normalisedKey = (key: string): string => key.toLowerCase().replaceAll('_', '');

/** `[to, goName, kind, ...other spellings]` per field. */
export function fieldTable(
  rows: readonly (readonly [to: string, goName: string, kind: FieldKind, ...aliases: string[]])[],
): FieldTable {
  const table = new Map<string, FieldSpec>();
  for (const [to, goName, kind, ...aliases] of rows) {
    for (const key of [goName, ...aliases]) table.set(normalisedKey(key), { to, goName, kind });
  }
  return table;
}

/** Where a record stands: the Go name before the dot in error texts, and the path for people. */
export interface RecordPlace {
  readonly goPrefix: string;
  readonly path: string;
  /** For records with a decoder of their own, Go names the outer field only. */
  readonly goField?: string;
}

/** Reads an object by its table into a plain record that holds only what was given; problems go to `problems`. */
export function decodeRecord(
  value: JsonObject,
  table: FieldTable,
  place: RecordPlace,
  problems: DefinitionProblem[],
): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  for (const [key, given] of Object.entries(value)) {
    const spec = table.get(normalisedKey(key));
    if (!spec) {
      problems.push({ kind: 'decode', field: place.path + key, text: `json: unknown field "${key}"` });
    } else if (given !== null && spec.kind !== 'ignored') {
      decodeField(given, { ...spec, goName: key.includes('_') ? key : spec.goName }, place, problems, record);
    }
  }
  return record;
}

function decodeField(
  given: JsonValue,
  spec: FieldSpec,
  place: RecordPlace,
  problems: DefinitionProblem[],
  record: Record<string, unknown>,
): void {
  const result = READERS[spec.kind](given);
  if ('value' in result) {
    if (result.value !== undefined) record[spec.to] = result.value;
    return;
  }
  const text = 'text' in result ? result.text : misfit(result, place.goField ?? `${place.goPrefix}.${spec.goName}`);
  problems.push({ kind: 'decode', field: place.path + spec.goName, text });
}

interface Misfit {
  readonly got: string;
  readonly goType: string;
}
type ReadResult = { readonly value: unknown } | { readonly text: string } | Misfit;

const misfit = ({ got, goType }: Misfit, goField: string): string =>
  `json: cannot unmarshal ${got} into Go struct field ${goField} of type ${goType}`;

const READERS: Readonly<Record<FieldKind, (given: JsonValue) => ReadResult>> = {
  string: (given) => (typeof given === 'string' ? { value: given } : { got: jsonKind(given), goType: 'string' }),
  serviceKind: (given) =>
    typeof given === 'string' ? { value: given } : { got: jsonKind(given), goType: 'structs.ServiceKind' },
  bool: (given) => (typeof given === 'boolean' ? { value: given } : { got: jsonKind(given), goType: 'bool' }),
  int: readInt,
  strings: readStrings,
  stringMap: (given) => readMap(given, 'map[string]string', READERS.string),
  stringsMap: (given) => readMap(given, 'map[string][]string', readStrings),
  duration: readDuration,
  json: (given) => ({ value: given }),
  ignored: () => ({ value: undefined }),
};

function readInt(given: JsonValue): ReadResult {
  if (typeof given !== 'number' && typeof given !== 'bigint') return { got: jsonKind(given), goType: 'int' };
  const number = Number(given);
  return Number.isSafeInteger(number) ? { value: number } : { got: `number ${given}`, goType: 'int' };
}

function readStrings(given: JsonValue): ReadResult {
  if (!Array.isArray(given)) return { got: jsonKind(given), goType: '[]string' };
  const items = given as readonly JsonValue[];
  const wrong = items.find((item) => typeof item !== 'string' && item !== null);
  return wrong === undefined ? { value: items.map((item) => item ?? '') } : { got: jsonKind(wrong), goType: 'string' };
}

function readMap(given: JsonValue, goType: string, readItem: (item: JsonValue) => ReadResult): ReadResult {
  if (!isJsonObject(given)) return { got: jsonKind(given), goType };
  const entries: [string, unknown][] = [];
  for (const [key, item] of Object.entries(given)) {
    const result = readItem(item);
    if (!('value' in result)) return result;
    entries.push([key, result.value]);
  }
  return { value: Object.fromEntries(entries) };
}

function readDuration(given: JsonValue): ReadResult {
  if (typeof given === 'number' || typeof given === 'bigint') return { value: Math.trunc(Number(given)) };
  if (typeof given !== 'string') return { value: undefined };
  const ns = parseGoDuration(given);
  return ns === undefined ? { text: goDurationProblem(given) } : { value: ns };
}

export function isJsonObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
