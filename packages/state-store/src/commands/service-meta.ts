import type { ServiceInstance } from '@tribune/protocol';

/** Limits and sentences are Consul's. */
const PAIRS_MAX = 64;
const KEY_CHARACTERS_MAX = 128;
const VALUE_CHARACTERS_MAX = 512;
const KEY_FORM = /^[a-zA-Z0-9_-]+$/;
const RESERVED_PREFIX = 'consul-';

/** Why this meta cannot be stored; undefined when it can. */
export function invalidServiceMeta(meta: ServiceInstance['meta']): string | undefined {
  const pairs = Object.entries(meta ?? {});
  if (pairs.length > PAIRS_MAX) return `Node metadata cannot contain more than ${PAIRS_MAX} key/value pairs`;
  for (const [key, value] of pairs) {
    const reason = invalidPair(key, value);
    if (reason) return `Couldn't load metadata pair ('${key}', '${value}'): ${reason}`;
  }
  return undefined;
}

function invalidPair(key: string, value: string): string | undefined {
  if (key === '') return 'Key cannot be blank';
  if (!KEY_FORM.test(key)) return 'Key contains invalid characters';
  if (key.length > KEY_CHARACTERS_MAX) return `Key is too long (limit: ${KEY_CHARACTERS_MAX} characters)`;
  if (key.startsWith(RESERVED_PREFIX)) return `Key prefix '${RESERVED_PREFIX}' is reserved for internal use`;
  if (value.length > VALUE_CHARACTERS_MAX) return `Value is too long (limit: ${VALUE_CHARACTERS_MAX} characters)`;
  return undefined;
}
