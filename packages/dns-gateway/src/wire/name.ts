/**
 * A domain name in uncompressed wire form: length-prefixed labels and the root's zero byte (RFC 1035 §3.1). Bytes keep
 * the case they came in; comparison is by {@link nameKey}.
 */
export type Name = Buffer;

export const NAME_BYTES_MAX = 255;
export const LABEL_BYTES_MAX = 63;
export const ROOT: Name = Buffer.of(0);

/** A dotted name (final dot optional, no escapes) as wire bytes; undefined when a label or the whole is too long or empty. */
export function nameFromText(text: string): Name | undefined {
  const trimmed = text.endsWith('.') ? text.slice(0, -1) : text;
  return trimmed === '' ? ROOT : nameFromLabels(trimmed.split('.'));
}

export function nameFromLabels(labels: readonly string[]): Name | undefined {
  const parts: Buffer[] = [];
  let size = 1;
  for (const label of labels) {
    const bytes = Buffer.from(label, 'utf8');
    if (bytes.length === 0 || bytes.length > LABEL_BYTES_MAX) return undefined;
    parts.push(Buffer.of(bytes.length), bytes);
    size += bytes.length + 1;
  }
  if (size > NAME_BYTES_MAX) return undefined;
  parts.push(Buffer.of(0));
  return Buffer.concat(parts, size);
}

/** The labels as text, without the root. */
export function labelsOf(name: Name): string[] {
  const labels: string[] = [];
  for (let at = 0; name[at] !== 0 && at < name.length; at += name[at]! + 1) {
    labels.push(name.toString('utf8', at + 1, at + 1 + name[at]!));
  }
  return labels;
}

/** With the final dot; for logs. */
export const textOf = (name: Name): string => `${labelsOf(name).join('.')}.`;

/**
 * What two names have in common when DNS calls them equal (RFC 4343): the bytes with ASCII letters in lower case, as a
 * latin1 string. Length bytes are at most 63 and so never look like a letter.
 */
export function nameKey(name: Name, start = 0, end = name.length): string {
  const key = name.toString('latin1', start, end);
  for (let at = start; at < end; at++) {
    const byte = name[at]!;
    if (byte >= 0x41 && byte <= 0x5a) return key.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
  }
  return key;
}

/** Offsets at which the name's labels begin, the root excluded. */
export function labelOffsets(name: Name): number[] {
  const offsets: number[] = [];
  for (let at = 0; at < name.length && name[at] !== 0; at += name[at]! + 1) offsets.push(at);
  return offsets;
}

/** True when `name` is `zone` or lies below it. */
export function isWithin(name: Name, zone: Name): boolean {
  const start = name.length - zone.length;
  if (start < 0 || nameKey(name, start) !== nameKey(zone)) return false;
  return start === 0 || labelOffsets(name).includes(start);
}
