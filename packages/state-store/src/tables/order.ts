/**
 * Keys sort as Consul's do: by the bytes of their UTF-8 form, which is code-point order. JavaScript compares UTF-16
 * units, where U+10000 and above (surrogates, D800–DFFF) wrongly come before U+E000–U+FFFF. Rotating the two ranges in
 * the key (the fix-up known from ICU) makes the native, fast comparison right. Hardly any key needs it.
 */
export function sortKey(text: string): string {
  return NEEDS_ROTATION.test(text) ? text.replace(UPPER_UNIT, rotateUnit) : text;
}

/** Names of nodes, services and checks are one name in any letter case, as in Consul. */
export function nameKey(name: string): string {
  return sortKey(name.toLowerCase());
}

/** Ends each part of a compound key, so that `('a', 'bc')` and `('ab', 'c')` differ and `a` sorts before `a-b`. */
export const SEPARATOR = '\0';

export function compareKeys(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

// Two expressions: a global one keeps `lastIndex` between calls of `test`.
const NEEDS_ROTATION = /[\ud800-\uffff]/;
const UPPER_UNIT = /[\ud800-\uffff]/g;

function rotateUnit(unit: string): string {
  const code = unit.charCodeAt(0);
  return String.fromCharCode(code >= 0xe000 ? code - 0x800 : code + 0x2000);
}
