import type { JsonObject, JsonValue } from '@tribune/protocol';

/** Without the members that Go's `omitempty` leaves out. */
export function omitEmpty(members: Record<string, JsonValue>, always: JsonObject = {}): JsonObject {
  const isGiven = (value: JsonValue): boolean => value !== '' && value !== 0 && value !== false && value !== null;
  return { ...Object.fromEntries(Object.entries(members).filter(([, value]) => isGiven(value))), ...always };
}
