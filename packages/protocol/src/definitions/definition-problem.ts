import type { JsonValue } from '../model/catalog';

/**
 * What is wrong with a definition. `decode` problems are about the JSON itself (Consul's HTTP API prefixes them with
 * `Request decode failed: `), `invalid` ones about its meaning. Texts are Consul's own, since clients match on them.
 */
export interface DefinitionProblem {
  readonly kind: 'decode' | 'invalid';
  /** The field as Consul names it, with its path: `Check.Interval`. */
  readonly field: string;
  readonly text: string;
}

/** The definition with every readable field filled in, and all that is wrong with it. Use it only when nothing is. */
export interface DecodedDefinition<T> {
  readonly definition: T;
  readonly problems: readonly DefinitionProblem[];
}

/**
 * Two spellings exist beside each other: a few keys are known to the HTTP API only, others to configuration files only
 * (`id` of a check inside a service).
 */
export type DefinitionSource = 'http' | 'file';

/** How encoding/json names the kind of a value that does not fit. */
export function jsonKind(value: JsonValue): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  switch (typeof value) {
    case 'boolean':
      return 'bool';
    case 'bigint':
      return 'number';
    default:
      return typeof value;
  }
}
