import { encodeJson, writeIndented } from '../json/go-json';

interface Memo {
  readonly parts: readonly unknown[];
  compact?: string;
  indented?: string;
}

/**
 * Keeps the JSON of a list's element beside the row it is made from, so that after one change a list of thousands is
 * put together from ready pieces. Rows are immutable: the same object means the same content.
 */
export class RowMemo<T> {
  private readonly memos = new WeakMap<object, Memo>();

  constructor(
    private readonly toJson: (row: T) => unknown,
    /** The immutable rows that the element shows; the first one holds the memo. */
    private readonly partsOf: (row: T) => readonly [object, ...unknown[]],
  ) {}

  readonly encode = (row: T, pretty: boolean): string => {
    const parts = this.partsOf(row);
    let memo = this.memos.get(parts[0]);
    if (!memo || !sameParts(memo.parts, parts)) this.memos.set(parts[0], (memo = { parts }));
    if (pretty) return (memo.indented ??= writeIndented(this.toJson(row), '\n    '));
    return (memo.compact ??= encodeJson(this.toJson(row), false));
  };
}

function sameParts(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
