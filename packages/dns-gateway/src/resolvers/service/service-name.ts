/** Which instances a name below `service` (or an RFC 2782 name) asks for. */
export interface ServiceLookup {
  readonly service: string;
  /** '' for all. */
  readonly tag: string;
}

/**
 * `_web._tcp` and `_web._blue` are RFC 2782 names, the second label being a tag unless it is `tcp`. Otherwise the last
 * label is the service and everything before it one tag, dots and all.
 */
export function parseServiceName(labels: readonly string[]): ServiceLookup | undefined {
  if (labels.length === 0) return undefined;
  const [first, second] = labels as [string, string | undefined];
  if (labels.length === 2 && first.startsWith('_') && second?.startsWith('_')) {
    const tag = second.slice(1);
    return { service: first.slice(1), tag: tag.toLowerCase() === 'tcp' ? '' : tag };
  }
  return { service: labels.at(-1)!, tag: labels.slice(0, -1).join('.') };
}
