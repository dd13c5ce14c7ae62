import { failAt } from './cursor';
import type { HclError } from './hcl-error';
import { tokensOf, type Token } from './tokens';

export type HclValue = string | number | boolean | readonly HclValue[] | HclObject | HclBlocks;
export interface HclObject {
  [key: string]: HclValue;
}

/**
 * Every object that was given under one key, in order. HCL 1 does not say whether `service { … }` means one thing or
 * the first of a list; the reader of the tree knows, so the tree keeps the question open.
 */
export class HclBlocks {
  constructor(readonly objects: readonly HclObject[]) {}
}

/**
 * Parses HCL 1: `key = value`, `key { … }`, `key "label" { … }`, comments, heredocs. A repeated scalar wins over the
 * earlier one; repeated lists and blocks add up. Throws HclError.
 */
export function parseHcl(text: string): HclObject {
  const reader = new Reader(text, tokensOf(text));
  return parseItems(reader, 'end');
}

class Reader {
  private index = 0;
  constructor(
    private readonly source: string,
    private readonly tokens: readonly Token[],
  ) {}

  get token(): Token {
    return this.tokens[this.index]!;
  }

  next(): Token {
    const token = this.token;
    if (token.kind !== 'end') this.index += 1;
    return token;
  }

  takes(mark: string): boolean {
    if (this.token.kind !== 'punctuation' || this.token.text !== mark) return false;
    this.index += 1;
    return true;
  }

  fail(expected: string): HclError {
    const { kind, text, at } = this.token;
    return failAt(this.source, at, `expected ${expected}, found ${kind === 'end' ? text : JSON.stringify(text)}`);
  }
}

function parseItems(reader: Reader, end: 'end' | '}'): HclObject {
  const object: HclObject = Object.create(null) as HclObject;
  for (;;) {
    if (end === '}' ? reader.takes('}') : reader.token.kind === 'end') return object;
    const [key, ...labels] = parseKeys(reader);
    add(object, key!, parseItemValue(reader, labels));
    reader.takes(',');
  }
}

function parseKeys(reader: Reader): string[] {
  const keys: string[] = [];
  while (['name', 'string', 'bool', 'number'].includes(reader.token.kind)) keys.push(reader.next().text);
  if (keys.length === 0) throw reader.fail('a key');
  return keys;
}

function parseItemValue(reader: Reader, labels: readonly string[]): HclValue {
  if (reader.takes('{')) {
    const body = parseItems(reader, '}');
    const labelled = [...labels]
      .reverse()
      .reduce<HclObject>((inner, label) => ({ [label]: new HclBlocks([inner]) }), body);
    return new HclBlocks([labelled]);
  }
  if (labels.length > 0 || !reader.takes('=')) throw reader.fail('"=" or "{"');
  return parseValue(reader);
}

function parseValue(reader: Reader): HclValue {
  if (reader.takes('{')) return new HclBlocks([parseItems(reader, '}')]);
  if (reader.takes('[')) return parseList(reader);
  const { kind, text } = reader.token;
  if (kind !== 'string' && kind !== 'number' && kind !== 'bool') throw reader.fail('a value');
  reader.next();
  if (kind === 'string') return text;
  return kind === 'bool' ? text === 'true' : numberOf(text);
}

function parseList(reader: Reader): readonly HclValue[] {
  const values: HclValue[] = [];
  while (!reader.takes(']')) {
    const value = parseValue(reader);
    values.push(value instanceof HclBlocks ? value.objects[0]! : value);
    if (!reader.takes(',') && reader.token.text !== ']') throw reader.fail('"," or "]"');
  }
  return values;
}

/** `0x1f` and, as in Go, a leading zero for octal. */
function numberOf(text: string): number {
  const octal = /^(-?)0([0-7]+)$/.exec(text);
  if (octal) return Number.parseInt(octal[2]!, 8) * (octal[1] ? -1 : 1);
  return text.startsWith('-0x') || text.startsWith('-0X') ? -Number(text.slice(1)) : Number(text);
}

function add(object: HclObject, key: string, value: HclValue): void {
  const before = object[key];
  if (before instanceof HclBlocks && value instanceof HclBlocks) {
    object[key] = new HclBlocks([...before.objects, ...value.objects]);
  } else if (Array.isArray(before) && Array.isArray(value)) {
    object[key] = [...before, ...value];
  } else if (Array.isArray(before) && value instanceof HclBlocks) {
    object[key] = [...before, ...value.objects];
  } else if (before instanceof HclBlocks && Array.isArray(value)) {
    object[key] = [...before.objects, ...value];
  } else {
    object[key] = value;
  }
}
