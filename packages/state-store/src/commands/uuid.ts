/** Why this text is no UUID, in the words of Consul's index; undefined when it is one. */
export function malformedUuid(text: string): string | undefined {
  if (text.length !== 36) return 'index error: UUID must be 36 characters';
  return FORM.test(text) ? undefined : 'index error: invalid UUID';
}

const FORM = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
