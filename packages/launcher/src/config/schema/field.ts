import type { PlainValue } from '../hcl/plain-tree';

export type Reading<T> = { readonly value: T } | { readonly problem: string };

/**
 * What Tribune makes of a key that Consul knows. `inert`: taken, and nothing changes (the value only tunes machinery
 * that is built differently here). `refused`: only values that switch the thing off, or leave it as it is, are taken.
 */
export type Support<T> =
  | { readonly kind: 'served' }
  | { readonly kind: 'inert' }
  | { readonly kind: 'refused'; readonly why: string; readonly isHarmless: (value: T) => boolean };

/** One key with a value. `T` is what the rest of the agent sees: durations are milliseconds. */
export interface Leaf<T> {
  readonly kind: 'leaf';
  /** What to write: `number`, `duration`, … for messages and flag help. */
  readonly expects: string;
  read(raw: PlainValue): Reading<T>;
  /** What a flag's text means; undefined when the key cannot be given as a flag. */
  readText?(text: string): Reading<T>;
  readonly merge: 'replace' | 'append' | 'union';
  readonly default: T;
  readonly flag?: string;
  readonly help?: string;
  readonly support: Support<T>;
}

export interface Group<F extends Fields> {
  readonly kind: 'group';
  readonly fields: F;
}

// Leaf<T> is invariant in T, so a table of mixed leaves needs the wildcard.
export type AnyLeaf = Leaf<any>;
export interface Fields {
  readonly [key: string]: AnyLeaf | Group<Fields>;
}

/** The shape of a decoded configuration: each leaf its value, each group an object. */
export type Decoded<F extends Fields> = {
  readonly [K in keyof F]: F[K] extends Leaf<infer T> ? T : F[K] extends Group<infer G> ? Decoded<G> : never;
};

/** The same before the defaults are filled in: what one source, or all of them together, really said. */
export type Given<F extends Fields> = {
  readonly [K in keyof F]?: F[K] extends Leaf<infer T> ? T : F[K] extends Group<infer G> ? Given<G> : never;
};

export const group = <F extends Fields>(fields: F): Group<F> => ({ kind: 'group', fields });

/** Taken without effect. */
export const inert = <T>(leaf: Leaf<T>): Leaf<T> => ({ ...leaf, support: { kind: 'inert' } });

/** Refused with a sentence unless the value is the default or in `harmless`. */
export function refused<T>(leaf: Leaf<T>, why: string, ...harmless: readonly T[]): Leaf<T> {
  const same = (a: T, b: T): boolean => JSON.stringify(a) === JSON.stringify(b);
  const isHarmless = (value: T): boolean => [leaf.default, ...harmless].some((one) => same(one, value));
  return { ...leaf, support: { kind: 'refused', why, isHarmless } };
}
