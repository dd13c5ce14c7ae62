import { failAt, type Cursor } from './cursor';

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
  "'": "'",
};
const UNICODE_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** Reads a quoted string. What stands inside `${…}` is kept as written, quotes included, as HCL 1 does. */
export function readString(cursor: Cursor): string {
  const start = cursor.at;
  cursor.at += 1;
  let value = '';
  let depth = 0;
  for (;;) {
    const mark = cursor.text[cursor.at];
    if (mark === undefined || (mark === '\n' && depth === 0)) throw failAt(cursor.text, start, 'string is not closed');
    if (mark === '"' && depth === 0) break;
    if (mark === '\\' && depth === 0) {
      value += readEscape(cursor);
      continue;
    }
    if (cursor.text.startsWith('${', cursor.at)) depth += 1;
    else if (mark === '}' && depth > 0) depth -= 1;
    value += mark;
    cursor.at += 1;
  }
  cursor.at += 1;
  return value;
}

function readEscape(cursor: Cursor): string {
  const code = cursor.text[cursor.at + 1] ?? '';
  const plain = ESCAPES[code];
  if (plain !== undefined) {
    cursor.at += 2;
    return plain;
  }
  const digits = UNICODE_DIGITS[code] ?? 0;
  const hex = cursor.text.slice(cursor.at + 2, cursor.at + 2 + digits);
  const point = Number.parseInt(hex, 16);
  if (digits === 0 || !/^[0-9a-fA-F]+$/.test(hex) || hex.length !== digits || point > 0x10ffff) {
    throw failAt(cursor.text, cursor.at, `unknown escape \\${code}`);
  }
  cursor.at += 2 + digits;
  return String.fromCodePoint(point);
}

const HEREDOC = /<<(-?)([\p{L}\p{N}_]+)\r?\n/uy;

/** Reads `<<END … END`; with `<<-` the indentation that all lines share is dropped. The last line keeps its line feed. */
export function readHeredoc(cursor: Cursor): string {
  HEREDOC.lastIndex = cursor.at;
  const head = HEREDOC.exec(cursor.text);
  if (!head) throw failAt(cursor.text, cursor.at, 'heredoc needs a name and a line break: <<END');
  const [opening, dash, anchor] = head;
  const body = cursor.at + opening.length;
  const closing = new RegExp(`^[ \\t]*${anchor}[ \\t]*\\r?$`, 'mu');
  const end = closing.exec(cursor.text.slice(body));
  if (!end) throw failAt(cursor.text, cursor.at, `heredoc has no closing line ${anchor}`);
  cursor.at = body + end.index + end[0].length;
  const text = cursor.text.slice(body, body + end.index);
  return dash === '-' ? withoutIndent(text) : text;
}

function withoutIndent(text: string): string {
  const lines = text.split('\n');
  const indents = lines.filter((line) => line.trim() !== '').map((line) => /^[ \t]*/.exec(line)![0].length);
  const shared = Math.min(...indents, Number.MAX_SAFE_INTEGER);
  return lines.map((line) => line.slice(shared)).join('\n');
}
