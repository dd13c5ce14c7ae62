/**
 * JSON text that keeps 64-bit integers exact: a bigint stands as `{"$bigint":"…"}`. For files and messages between our own
 * processes, never for users.
 */
const TAG = '$bigint';

export function exactJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'bigint' ? { [TAG]: String(member) } : member,
  );
}

/** Throws SyntaxError on text that is no JSON. */
export function parseExactJson(text: string): unknown {
  return JSON.parse(text, (_key, member: unknown) => {
    const tagged = member as { readonly [TAG]?: unknown } | null;
    return typeof tagged === 'object' && typeof tagged?.[TAG] === 'string' ? BigInt(tagged[TAG]) : member;
  });
}
