const CHARACTERS = 36;
const HYPHENS_MAX = 4;
const NOT_HEX = /[^0-9a-f-]/iu;

/** Why this text is no UUID, in the words of Consul's index; undefined when it is one. */
export function malformedUuid(text: string): string | undefined {
  if (text.length !== CHARACTERS) return `index error: UUID must be ${CHARACTERS} characters`;
  const hyphens = text.split('-').length - 1;
  if (hyphens > HYPHENS_MAX) return `index error: UUID should have maximum of ${HYPHENS_MAX} "-"; got ${hyphens}`;
  if (hyphens % 2 !== 0) return 'index error: Input (without hyphens) must be even length';
  const bad = NOT_HEX.exec(text)?.[0];
  return bad === undefined ? undefined : `index error: Invalid UUID: encoding/hex: invalid byte: ${unicode(bad)}`;
}

/** A character as Go's `%#U` shows it. */
function unicode(character: string): string {
  const code = character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
  return `U+${code} '${character}'`;
}
