/** JSON with integers exact: beyond 2^53 they are read as bigint, and bigint is written as digits. */
export type Json = null | boolean | number | bigint | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

export class JsonSyntaxError extends Error {
  override readonly name = 'JsonSyntaxError';
}

/** Reads one JSON text. Faults are worded as Go's `encoding/json` does. */
export function parseJson(text: string): Json {
  return new Parser(text).whole();
}

const SPACE = /[ \t\r\n]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
/** Deeper nesting is refused: each level costs stack. */
const DEPTH_MAX = 1_000;

class Parser {
  private at = 0;
  private depth = 0;

  constructor(private readonly text: string) {}

  whole(): Json {
    const value = this.value();
    this.skipSpace();
    if (this.at < this.text.length) this.fail('after top-level value');
    return value;
  }

  private value(): Json {
    this.skipSpace();
    switch (this.text[this.at]) {
      case '{':
        return this.nested(() => this.object());
      case '[':
        return this.nested(() => this.array());
      case '"':
        return this.string();
      case 't':
        return this.word('true', true);
      case 'f':
        return this.word('false', false);
      case 'n':
        return this.word('null', null);
      default:
        return this.number();
    }
  }

  private nested<T>(read: () => T): T {
    if (++this.depth > DEPTH_MAX) throw new JsonSyntaxError('exceeded max depth');
    this.at++;
    const value = read();
    this.depth--;
    return value;
  }

  private object(): Json {
    const entries: [string, Json][] = [];
    if (this.ends('}')) return {};
    do {
      this.skipSpace();
      if (this.text[this.at] !== '"') this.fail('looking for beginning of object key string');
      const key = this.string();
      this.skipSpace();
      if (this.text[this.at++] !== ':') this.fail('after object key', -1);
      entries.push([key, this.value()]);
    } while (this.continues('}', 'after object key:value pair'));
    return Object.fromEntries(entries);
  }

  private array(): Json {
    const items: Json[] = [];
    if (this.ends(']')) return items;
    do items.push(this.value());
    while (this.continues(']', 'after array element'));
    return items;
  }

  private ends(close: string): boolean {
    this.skipSpace();
    if (this.text[this.at] !== close) return false;
    this.at++;
    return true;
  }

  private continues(close: string, where: string): boolean {
    if (this.ends(close)) return false;
    if (this.text[this.at] !== ',') this.fail(where);
    this.at++;
    return true;
  }

  /** Finds the end by hand, since a pattern would need stack for long values; the escapes are JSON.parse's business. */
  private string(): string {
    const start = this.at;
    let end = start + 1;
    for (; this.text[end] !== '"'; end++) {
      if (end >= this.text.length) throw new JsonSyntaxError('unexpected end of JSON input');
      if (this.text[end] === '\\') end++;
    }
    this.at = end + 1;
    try {
      return JSON.parse(this.text.slice(start, this.at)) as string;
    } catch {
      throw new JsonSyntaxError('invalid character in string literal');
    }
  }

  private word<T>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) this.fail(`in literal ${word}`);
    this.at += word.length;
    return value;
  }

  private number(): number | bigint {
    NUMBER.lastIndex = this.at;
    const match = NUMBER.exec(this.text);
    if (!match) return this.fail('looking for beginning of value');
    this.at = NUMBER.lastIndex;
    const value = Number(match[0]);
    const isInteger = match[1] === undefined && match[2] === undefined;
    return isInteger && !Number.isSafeInteger(value) ? BigInt(match[0]) : value;
  }

  private skipSpace(): void {
    SPACE.lastIndex = this.at;
    SPACE.exec(this.text);
    this.at = SPACE.lastIndex;
  }

  private fail(where: string, offset = 0): never {
    const char = this.text[this.at + offset];
    if (char === undefined) throw new JsonSyntaxError('unexpected end of JSON input');
    throw new JsonSyntaxError(`invalid character '${char}' ${where}`);
  }
}

const HTML = /[<>&\u2028\u2029]/g;
const hexEscape = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Writes as Go's `json.MarshalIndent` does, `<`, `>` and `&` escaped; without `indent` as `json.Marshal`. */
export function printJson(value: Json, indent = '', margin = ''): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (typeof value !== 'object') return JSON.stringify(value).replace(HTML, hexEscape);
  const inner = margin + indent;
  const isList = Array.isArray(value);
  const parts = isList
    ? value.map((item: Json) => printJson(item, indent, inner))
    : Object.entries(value).map(
        ([key, item]) => `${printJson(key)}:${indent === '' ? '' : ' '}${printJson(item, indent, inner)}`,
      );
  const [open, close] = isList ? '[]' : '{}';
  if (parts.length === 0) return `${open}${close}`;
  if (indent === '') return `${open}${parts.join(',')}${close}`;
  return `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${margin}${close}`;
}
