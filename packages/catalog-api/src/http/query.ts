/**
 * The query string as Go 1.14's `url.ParseQuery` reads it: `&` and `;` separate, `+` is a space, a key may repeat or stand
 * bare, order is kept. A broken escape makes the whole query invalid.
 */
export class Query {
  static readonly EMPTY = new Query([]);

  /** Keys at even places, values behind them. */
  private constructor(private readonly pairs: readonly string[]) {}

  /** Undefined when an escape is broken. */
  static parse(raw: string): Query | undefined {
    if (raw === '') return Query.EMPTY;
    const pairs: string[] = [];
    for (const part of raw.split(/[&;]/)) {
      if (part === '') continue;
      const at = part.indexOf('=');
      const key = unescape(at < 0 ? part : part.slice(0, at));
      const value = at < 0 ? '' : unescape(part.slice(at + 1));
      if (key === undefined || value === undefined) return undefined;
      pairs.push(key, value);
    }
    return new Query(pairs);
  }

  get size(): number {
    return this.pairs.length / 2;
  }

  has(key: string): boolean {
    const { pairs } = this;
    for (let i = 0; i < pairs.length; i += 2) if (pairs[i] === key) return true;
    return false;
  }

  /** The first value, or '' when the key is absent (as Go's `Get`). */
  get(key: string): string {
    const { pairs } = this;
    for (let i = 0; i < pairs.length; i += 2) if (pairs[i] === key) return pairs[i + 1]!;
    return '';
  }

  all(key: string): string[] {
    const values: string[] = [];
    for (let i = 0; i < this.pairs.length; i += 2) if (this.pairs[i] === key) values.push(this.pairs[i + 1]!);
    return values;
  }

  /** The parameters not in `without`, in one line: what identifies the content that was asked for. */
  canonical(without: ReadonlySet<string>): string {
    let line = '';
    for (let i = 0; i < this.pairs.length; i += 2) {
      if (!without.has(this.pairs[i]!))
        line += `${JSON.stringify(this.pairs[i])}=${JSON.stringify(this.pairs[i + 1])}&`;
    }
    return line;
  }
}

function unescape(text: string): string | undefined {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  return percentDecode(spaced)?.text;
}

const BROKEN_ESCAPE = /%(?![0-9A-Fa-f]{2})/;

/** Decodes once. Undefined: a broken escape. `valid` is false when the bytes are not UTF-8 (they are replaced). */
export function percentDecode(text: string): { readonly text: string; readonly valid: boolean } | undefined {
  if (!text.includes('%')) return { text, valid: true };
  try {
    return { text: decodeURIComponent(text), valid: true };
  } catch {
    if (BROKEN_ESCAPE.test(text)) return undefined;
    const bytes = text.replace(/%([0-9A-Fa-f]{2})|[^\x00-\x7f]+/g, (match, hex: string | undefined) =>
      hex === undefined ? Buffer.from(match).toString('latin1') : String.fromCharCode(parseInt(hex, 16)),
    );
    return { text: Buffer.from(bytes, 'latin1').toString('utf8'), valid: false };
  }
}
