import { parseJson } from '../../src/json/parse-json';

/** The document with integers above 2^53 as `{ $big: digits }`, which is how the record keeps them; undefined: not JSON. */
export function readExactly(text: string): unknown {
  try {
    return tagged(parseJson(text));
  } catch {
    return undefined;
  }
}

function tagged(value: unknown): unknown {
  if (typeof value === 'bigint') return { $big: String(value) };
  if (Array.isArray(value)) return value.map(tagged);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, tagged(member)]));
}

/** How a document is laid out, as far as clients could tell. */
export function layoutOf(text: string): string {
  const ending = text.endsWith('\n') ? '+nl' : '';
  if (/^(\{\}|\[\]|null|true|false|-?\d+|"[^"\n]*")\n?$/.test(text)) return `scalar${ending}`;
  if (/^[[{]\n {4}\S/.test(text)) return `indent4${ending}`;
  return /\n/.test(text.replace(/\n$/, '')) ? 'other' : `compact${ending}`;
}
