/** Limits of node and service metadata (Consul, "agent/structs": 64 pairs, keys 128, values 512 characters). */
const PAIRS_MAX = 64;
const KEY_LENGTH_MAX = 128;
const VALUE_LENGTH_MAX = 512;

/** What is wrong with a metadata map, in Consul's words; `reservedPrefix` '' for maps that may use every key. */
export function metadataProblem(meta: Readonly<Record<string, string>>, reservedPrefix: string): string | undefined {
  const pairs = Object.entries(meta);
  if (pairs.length > PAIRS_MAX) return `Node metadata cannot contain more than ${PAIRS_MAX} key/value pairs`;
  for (const [key, value] of pairs) {
    const problem = pairProblem(key, value, reservedPrefix);
    if (problem) return `Couldn't load metadata pair ('${key}', '${value}'): ${problem}`;
  }
  return undefined;
}

function pairProblem(key: string, value: string, reservedPrefix: string): string | undefined {
  if (key === '') return 'Key cannot be blank';
  if (!/^[a-zA-Z0-9_-]+$/.test(key)) return 'Key contains invalid characters';
  if (key.length > KEY_LENGTH_MAX) return `Key is too long (limit: ${KEY_LENGTH_MAX} characters)`;
  if (reservedPrefix !== '' && key.startsWith(reservedPrefix)) {
    return `Key prefix '${reservedPrefix}' is reserved for internal use`;
  }
  if (Buffer.byteLength(value) > VALUE_LENGTH_MAX) return `Value is too long (limit: ${VALUE_LENGTH_MAX} characters)`;
  return undefined;
}
