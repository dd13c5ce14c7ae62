import { failAt, type Cursor } from './cursor';
import { readHeredoc, readString } from './strings';

export type TokenKind = 'name' | 'string' | 'number' | 'bool' | 'punctuation' | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** The value of a name, string or punctuation mark; the spelling of a number or bool. */
  readonly text: string;
  /** Offset of the first character. */
  readonly at: number;
}

const SPACE = /[ \t\r\n]+/y;
const COMMENT = /#[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?\*\//y;
const NUMBER = /-?(?:0[xX][0-9a-fA-F]+|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/y;
const NAME = /[\p{L}_][\p{L}\p{N}_.-]*/uy;
const PUNCTUATION = '{}[]=,';

/** Splits HCL 1 text into tokens: names, strings, heredocs, numbers, bools and the marks `{ } [ ] = ,`. */
export function tokensOf(text: string): readonly Token[] {
  const cursor: Cursor = { text, at: text.startsWith('\uFEFF') ? 1 : 0 };
  const tokens: Token[] = [];
  for (;;) {
    skipBlank(cursor);
    const start = cursor.at;
    if (start >= text.length) return [...tokens, { kind: 'end', text: 'end of file', at: start }];
    const [kind, value] = readToken(cursor);
    tokens.push({ kind, text: value, at: start });
  }
}

function readToken(cursor: Cursor): readonly [TokenKind, string] {
  const mark = cursor.text[cursor.at]!;
  if (PUNCTUATION.includes(mark)) {
    cursor.at += 1;
    return ['punctuation', mark];
  }
  if (mark === '"') return ['string', readString(cursor)];
  if (cursor.text.startsWith('<<', cursor.at)) return ['string', readHeredoc(cursor)];
  const number = take(cursor, NUMBER);
  if (number !== undefined) return ['number', number];
  const name = take(cursor, NAME);
  if (name === undefined) throw failAt(cursor.text, cursor.at, `unexpected character ${JSON.stringify(mark)}`);
  return [name === 'true' || name === 'false' ? 'bool' : 'name', name];
}

function skipBlank(cursor: Cursor): void {
  while (take(cursor, SPACE) !== undefined || take(cursor, COMMENT) !== undefined);
  if (cursor.text.startsWith('/*', cursor.at)) throw failAt(cursor.text, cursor.at, 'comment is not closed');
}

function take(cursor: Cursor, pattern: RegExp): string | undefined {
  pattern.lastIndex = cursor.at;
  const match = pattern.exec(cursor.text);
  if (!match) return undefined;
  cursor.at += match[0].length;
  return match[0];
}
