/**
 * Writes JSON as Go's `encoding/json` does, byte for byte: HTML characters escaped, 64-bit integers in full, keys in the
 * order given (the `*.json.ts` files give struct order; {@link sortedMap} gives a Go map's order).
 */
export function encodeJson(value: unknown, pretty: boolean): string {
  return pretty ? `${writeIndented(value, '\n')}\n` : writeCompact(value);
}

function writeCompact(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(writeCompact).join(',')}]`;
  if (!isRecord(value)) return writeScalar(value);
  let out = '';
  for (const key in value) {
    const member = value[key];
    if (member !== undefined) out += `${out === '' ? '' : ','}${encodeString(key)}:${writeCompact(member)}`;
  }
  return `{${out}}`;
}

/** `lineBreak` is a line feed and the indentation of the line it starts: four spaces a level. */
export function writeIndented(value: unknown, lineBreak: string): string {
  const inner = `${lineBreak}    `;
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    return `[${inner}${value.map((item) => writeIndented(item, inner)).join(`,${inner}`)}${lineBreak}]`;
  }
  if (!isRecord(value)) return writeScalar(value);
  let out = '';
  for (const key in value) {
    const member = value[key];
    if (member !== undefined)
      out += `${out === '' ? '' : ','}${inner}${encodeString(key)}: ${writeIndented(member, inner)}`;
  }
  return out === '' ? '{}' : `{${out}${lineBreak}}`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function writeScalar(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return encodeString(value);
    case 'number':
      return Number.isFinite(value) ? encodeNumber(value) : 'null';
    case 'bigint':
    case 'boolean':
      return String(value);
    default:
      return 'null';
  }
}

/** Go writes an exponent below 1e-6 and from 1e21 on, with at least two digits below zero (`1e-07` is `1e-7` there too). */
function encodeNumber(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

const NEEDS_ESCAPE = /["\\<>&\u0000-\u001f\u2028\u2029\ud800-\udfff]/;
const ESCAPED = /["\\<>&\u0000-\u001f\u2028\u2029]|[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]/g;
const SHORT: Record<string, string> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

export function encodeString(text: string): string {
  return NEEDS_ESCAPE.test(text) ? `"${text.replace(ESCAPED, escapeOne)}"` : `"${text}"`;
}

function escapeOne(char: string): string {
  if (char.length === 2) return char;
  const code = char.charCodeAt(0);
  if (code >= 0xd800 && code <= 0xdfff) return '\\ufffd';
  return SHORT[char] ?? `\\u${code.toString(16).padStart(4, '0')}`;
}

/** A Go map prints its keys sorted by their bytes. `null` stays null. */
export function sortedMap<T>(map: Readonly<Record<string, T>> | null): Record<string, T> | null {
  if (map === null) return null;
  const keys = Object.keys(map);
  if (keys.length < 2) return map as Record<string, T>;
  return Object.fromEntries(keys.sort(compareUtf8).map((key) => [key, map[key]!]));
}

/** Orders text by its UTF-8 bytes, as Go does; UTF-16 order differs above U+FFFF. */
export function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

const rank = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit);
