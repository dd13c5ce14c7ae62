/** Whether two records say the same, whatever their indexes. Writing what is already there must not wake anybody. */
export function sameRow<T extends object>(a: T, b: T): boolean {
  return sameFields(a as Fields, b as Fields, isIndex);
}

type Fields = Readonly<Record<string, unknown>>;
type Skip = (key: string) => boolean;
const isIndex: Skip = (key) => key === 'createIndex' || key === 'modifyIndex';
const none: Skip = () => false;

/** Order of keys does not matter, order of lists does; null and empty differ, a missing key and undefined do not. */
function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) return Array.isArray(a) && Array.isArray(b) && sameList(a, b);
  return sameFields(a as Fields, b as Fields, none);
}

function sameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, i) => sameValue(item, b[i]));
}

function sameFields(a: Fields, b: Fields, skip: Skip): boolean {
  for (const key in a) if (!skip(key) && !sameValue(a[key], own(b, key))) return false;
  for (const key in b) if (!skip(key) && own(a, key) === undefined && b[key] !== undefined) return false;
  return true;
}

/** Keys come from users: `constructor` must not find anything on the prototype. */
function own(fields: Fields, key: string): unknown {
  return Object.hasOwn(fields, key) ? fields[key] : undefined;
}
