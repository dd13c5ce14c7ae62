/**
 * A failure with a stable code and the facts that belong to that code. `Detail` is a discriminated union over `code`,
 * so that each code carries its own fields. Codes are stable; messages are free to improve.
 */
export class CodedError<Detail extends { readonly code: string }> extends Error {
  constructor(
    readonly detail: Detail,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = new.target.name;
  }

  get code(): Detail['code'] {
    return this.detail.code;
  }
}

/** A broken invariant is a bug: it stops the process rather than bend data. On in production. */
export function assert(condition: unknown, invariant: string): asserts condition {
  if (!condition) throw new AssertionFailure(invariant);
}

export class AssertionFailure extends Error {
  constructor(invariant: string) {
    super(`broken invariant: ${invariant}`);
    this.name = 'AssertionFailure';
  }
}

/** The text to show for anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
