import { quoteGo } from '@tribune/platform';
import type { JsonValue } from '@tribune/protocol';

/** What Go's `json.Decoder` says about a text that is not JSON. */
export class JsonSyntaxError extends Error {
  override readonly name = 'JsonSyntaxError';
}

/** A number as it was written, for readers that must tell `1` from `1.0` and 2^64-1 from its neighbours. */
export class NumberLiteral {
  constructor(readonly text: string) {}
}

export type ParsedJson = null | boolean | NumberLiteral | string | readonly ParsedJson[] | ParsedObject;
export interface ParsedObject {
  readonly [key: string]: ParsedJson;
}

/** Reads the first JSON value as Go's Decoder does: what follows it is not looked at. Integers stay exact. */
export function parseJson(text: string): JsonValue {
  return new Parser<JsonValue>(text, exactNumber).first();
}

/** The same with numbers as written. */
export function parseLiterally(text: string): ParsedJson {
  return new Parser<ParsedJson>(text, (literal) => new NumberLiteral(literal)).first();
}

function exactNumber(literal: string): number | bigint {
  const value = Number(literal);
  return Number.isSafeInteger(value) || !/^-?[0-9]+$/.test(literal) ? value : BigInt(literal);
}

/** Deeper nesting than this is refused: each level costs stack. */
const DEPTH_MAX = 1_000;
const PLAIN_STRING = /[^"\\\u0000-\u001f]*/y;
const NUMBER = /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const ESCAPES: Record<string, string> = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

class Parser<T> {
  private at = 0;
  private depth = 0;

  constructor(
    private readonly text: string,
    private readonly numberOf: (literal: string) => T,
  ) {}

  first(): T {
    this.skipSpace();
    if (this.at >= this.text.length) throw new JsonSyntaxError('EOF');
    return this.value();
  }

  private value(): T {
    this.skipSpace();
    const char = this.text[this.at];
    if (char === '"') return this.string() as T;
    if (char === '{') return this.nested(() => this.object());
    if (char === '[') return this.nested(() => this.array());
    if (char === 't') return this.word('true', true);
    if (char === 'f') return this.word('false', false);
    if (char === 'n') return this.word('null', null);
    if (char !== undefined && ((char >= '0' && char <= '9') || char === '-')) return this.number();
    throw this.unexpected('looking for beginning of value');
  }

  private nested(read: () => T): T {
    if (++this.depth > DEPTH_MAX) throw new JsonSyntaxError('exceeded max depth');
    this.at++;
    const value = read();
    this.depth--;
    return value;
  }

  private object(): T {
    const object: Record<string, T> = {};
    this.skipSpace();
    if (this.take('}')) return object as T;
    for (;;) {
      this.skipSpace();
      if (this.text[this.at] !== '"') throw this.unexpected('looking for beginning of object key string');
      const key = this.string();
      this.skipSpace();
      if (!this.take(':')) throw this.unexpected('after object key');
      put(object, key, this.value());
      this.skipSpace();
      if (this.take('}')) return object as T;
      if (!this.take(',')) throw this.unexpected('after object key:value pair');
    }
  }

  private array(): T {
    const items: T[] = [];
    this.skipSpace();
    if (this.take(']')) return items as T;
    for (;;) {
      items.push(this.value());
      this.skipSpace();
      if (this.take(']')) return items as T;
      if (!this.take(',')) throw this.unexpected('after array element');
    }
  }

  private string(): string {
    this.at++;
    let out = '';
    for (;;) {
      PLAIN_STRING.lastIndex = this.at;
      const plain = PLAIN_STRING.exec(this.text)![0];
      out += plain;
      this.at += plain.length;
      if (this.take('"')) return wellFormed(out);
      if (this.text[this.at] !== '\\') throw this.unexpected('in string literal');
      this.at++;
      out += this.escape();
    }
  }

  private escape(): string {
    const char = this.text[this.at];
    if (char === 'u') return this.unicodeEscape();
    const meant = char === undefined ? undefined : ESCAPES[char];
    if (meant === undefined) throw this.unexpected('in string escape code');
    this.at++;
    return meant;
  }

  private unicodeEscape(): string {
    this.at++;
    const start = this.at;
    for (; this.at < start + 4; this.at++) {
      if (!/[0-9a-fA-F]/.test(this.text[this.at] ?? '')) throw this.unexpected('in \\u hexadecimal character escape');
    }
    return String.fromCharCode(parseInt(this.text.slice(start, this.at), 16));
  }

  private number(): T {
    NUMBER.lastIndex = this.at;
    const literal = NUMBER.exec(this.text)?.[0];
    this.at += literal?.length ?? 1;
    if (literal === undefined) throw this.unexpected('in numeric literal');
    const next = this.text[this.at];
    if (next === '.' && !literal.includes('.') && !/e/i.test(literal))
      this.fail('after decimal point in numeric literal');
    if ((next === 'e' || next === 'E') && !/e/i.test(literal)) this.failExponent();
    return this.numberOf(literal);
  }

  private fail(where: string): never {
    this.at++;
    throw this.unexpected(where);
  }

  private failExponent(): never {
    if (/[+-]/.test(this.text[this.at + 1] ?? '')) this.at++;
    return this.fail('in exponent of numeric literal');
  }

  private word(word: string, value: null | boolean): T {
    for (let i = 1; i < word.length; i++) {
      this.at++;
      if (this.text[this.at] !== word[i]) throw this.unexpected(`in literal ${word} (expecting '${word[i]}')`);
    }
    this.at++;
    return value as T;
  }

  private take(char: string): boolean {
    if (this.text[this.at] !== char) return false;
    this.at++;
    return true;
  }

  private skipSpace(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return;
      this.at++;
    }
  }

  private unexpected(where: string): JsonSyntaxError {
    if (this.at >= this.text.length) return new JsonSyntaxError('unexpected EOF');
    return new JsonSyntaxError(`invalid character ${quoteByte(this.text, this.at)} ${where}`);
  }
}

const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Half a character becomes U+FFFD, as in Go: it has no UTF-8 form. */
function wellFormed(text: string): string {
  return /[\ud800-\udfff]/.test(text) ? text.replace(LONE_SURROGATE, '\ufffd') : text;
}

/** A plain assignment to `__proto__` would not make a member. */
function put<T>(object: Record<string, T>, key: string, value: T): void {
  if (key === '__proto__')
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  else object[key] = value;
}

/** Go names the first byte of the character, as if it were Latin-1. */
function quoteByte(text: string, at: number): string {
  const byte = Buffer.from(String.fromCodePoint(text.codePointAt(at)!))[0]!;
  const char = String.fromCharCode(byte);
  if (char === "'") return "'\\''";
  if (char === '"') return `'"'`;
  return `'${quoteGo(char).slice(1, -1)}'`;
}
