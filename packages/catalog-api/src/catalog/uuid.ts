const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Why a text is no UUID, in Consul's words; undefined when it is one. */
export function uuidProblem(text: string): string | undefined {
  if (UUID.test(text)) return undefined;
  return text.length === 36 ? 'uuid is improperly formatted' : 'uuid string is wrong length';
}
