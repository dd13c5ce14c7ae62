import { isWithin, labelsOf, type Name } from '../wire/name';

export interface Question {
  readonly name: Name;
  readonly type: number;
}

/** A question inside one of the domains we serve. */
export interface DomainQuestion extends Question {
  /** Labels in front of the domain, as asked. */
  readonly labels: readonly string[];
  /** The domain as asked: answers stay in it. */
  readonly domain: Name;
}

/** The labels before the domain; of two domains that fit, the longer. undefined for a foreign name. */
export function inDomains({ name, type }: Question, domains: readonly Name[]): DomainQuestion | undefined {
  let best: Name | undefined;
  for (const domain of domains) if (isWithin(name, domain) && domain.length > (best?.length ?? 0)) best = domain;
  if (!best) return undefined;
  const start = name.length - best.length;
  const labels = labelsOf(Buffer.concat([name.subarray(0, start), Buffer.of(0)]));
  return { name, type, labels, domain: name.subarray(start) };
}
