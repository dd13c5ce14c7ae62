import { quoteGo } from '@tribune/platform';

/**
 * A small PEG machine that fails as pigeon's generated parsers do, since clients see its sentences: it remembers the
 * farthest place where something else was expected, and errors raised on the way stay even when another alternative fits.
 * Results are remembered per place, so that nested parentheses cost no exponential time.
 */
export class PegInput {
  private readonly failures = new Set<string>();
  private farthest = 0;
  private isInverted = false;
  private readonly rules: string[] = [];
  private readonly raised = new Set<string>();
  private readonly memo = new Map<string, Parsed>();
  private readonly chars: readonly string[];

  constructor(text: string) {
    this.chars = [...text];
  }

  char(at: number): string | undefined {
    return this.chars[at];
  }

  slice(from: number, to: number): string {
    return this.chars.slice(from, to).join('');
  }

  /** A terminal was tried at `at`. Inside a `!` it is the match that is a failure. */
  tried(matched: boolean, at: number, want: string): void {
    if (matched !== this.isInverted || at < this.farthest) return;
    if (at > this.farthest) {
      this.farthest = at;
      this.failures.clear();
    }
    this.failures.add(this.isInverted ? `!${want}` : want);
  }

  inverted<T>(run: () => T): T {
    this.isInverted = !this.isInverted;
    const result = run();
    this.isInverted = !this.isInverted;
    return result;
  }

  /** `id` tells rules of one name apart. */
  rule(id: number, name: string, at: number, run: () => Parsed): Parsed {
    const key = `${this.isInverted ? '!' : ''}${id}@${at}`;
    const known = this.memo.get(key);
    if (known !== undefined) return known;
    this.rules.push(name);
    const result = run();
    this.rules.pop();
    this.memo.set(key, result);
    return result;
  }

  raise(at: number, sentence: string): void {
    this.raised.add(`${this.place(at)}: rule ${this.rules[this.rules.length - 1]}: ${sentence}`);
  }

  /** What to tell the user, or undefined when all went well. */
  problem(isMatched: boolean): string | undefined {
    if (this.raised.size > 0) return [...this.raised].join('\n');
    if (isMatched) return undefined;
    const expected = [...this.failures].filter((want) => want !== '!.').sort();
    if (this.failures.has('!.')) expected.push('EOF');
    return `${this.place(this.farthest)}: no match found, expected: ${listed(expected)}`;
  }

  /** `line:column (byte offset)`; a line feed counts as column 0 of the line it begins. */
  private place(at: number): string {
    const before = this.chars.slice(0, at + 1);
    const line = 1 + before.filter((char) => char === '\n').length;
    const lineFeed = before.lastIndexOf('\n');
    const column = lineFeed < 0 ? at + 1 : at - lineFeed;
    return `${line}:${column} (${Buffer.byteLength(this.slice(0, at))})`;
  }
}

function listed(items: readonly string[]): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} or ${items[items.length - 1]}`;
}

/** Where the match ends and what it means; null when there is none. */
export type Parsed = { readonly end: number; readonly value: unknown } | null;
export type Parser = (input: PegInput, at: number) => Parsed;

export function literal(text: string): Parser {
  const chars = [...text];
  const want = quoteGo(text);
  return (input, at) => {
    const matched = chars.every((char, i) => input.char(at + i) === char);
    input.tried(matched, at, want);
    return matched ? { end: at + chars.length, value: text } : null;
  };
}

/** `shown` is how the class stands in sentences. */
export function charClass(shown: string, test: RegExp): Parser {
  return (input, at) => {
    const char = input.char(at);
    const matched = char !== undefined && test.test(char);
    input.tried(matched, at, shown);
    return matched ? { end: at + 1, value: char } : null;
  };
}

export const anyChar: Parser = (input, at) => {
  const char = input.char(at);
  input.tried(char !== undefined, at, '.');
  return char === undefined ? null : { end: at + 1, value: char };
};

export function sequence(...parts: readonly Parser[]): Parser {
  return (input, at) => {
    const values: unknown[] = [];
    let end = at;
    for (const part of parts) {
      const parsed = part(input, end);
      if (!parsed) return null;
      values.push(parsed.value);
      end = parsed.end;
    }
    return { end, value: values };
  };
}

export function choice(...alternatives: readonly Parser[]): Parser {
  return (input, at) => {
    for (const alternative of alternatives) {
      const parsed = alternative(input, at);
      if (parsed) return parsed;
    }
    return null;
  };
}

export function many(part: Parser, atLeast = 0): Parser {
  return (input, at) => {
    const values: unknown[] = [];
    let end = at;
    for (let parsed = part(input, end); parsed && parsed.end > end; parsed = part(input, end)) {
      values.push(parsed.value);
      end = parsed.end;
    }
    return values.length < atLeast ? null : { end, value: values };
  };
}

export function maybe(part: Parser): Parser {
  return (input, at) => part(input, at) ?? { end: at, value: null };
}

/** `&`: fits here, takes nothing. */
export function ahead(part: Parser): Parser {
  return (input, at) => (part(input, at) ? { end: at, value: null } : null);
}

/** `!`: does not fit here. */
export function notAhead(part: Parser): Parser {
  return (input, at) => (input.inverted(() => part(input, at)) ? null : { end: at, value: null });
}

/** Fails, and says so in the end whatever else fits. */
export function raise(sentence: string): Parser {
  return (input, at) => {
    input.raise(at, sentence);
    return null;
  };
}

let ruleCount = 0;

/** A named rule; `make` turns its raw value and text into what it means. */
export function rule(name: string, body: () => Parser, make?: (value: never, text: string) => unknown): Parser {
  let parser: Parser | undefined;
  const id = ruleCount++;
  return (input, at) =>
    input.rule(id, name, at, () => {
      parser ??= body();
      const parsed = parser(input, at);
      if (!parsed || !make) return parsed;
      return { end: parsed.end, value: make(parsed.value as never, input.slice(at, parsed.end)) };
    });
}

export function map(part: Parser, make: (value: never, text: string) => unknown): Parser {
  return (input, at) => {
    const parsed = part(input, at);
    return parsed && { end: parsed.end, value: make(parsed.value as never, input.slice(at, parsed.end)) };
  };
}
