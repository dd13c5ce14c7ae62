import type { SwimConfig } from './swim-config';

/**
 * A suspicion is a countdown that independent accusers shorten (Lifeguard §III.B, LHA-Suspicion). Alone we wait
 * the longest, because the fault may be ours; each further accuser brings the deadline down on a logarithmic
 * curve, and after `wanted` of them it stands at the least time.
 *
 *   timeout(c) = max(least, longest − (longest − least) × ln(c + 1) / ln(wanted + 1))
 */
export interface SuspicionTerms {
  readonly leastMs: number;
  readonly longestMs: number;
  /** Independent confirmations wanted; 0 when the pool is too small to deliver them, which means `leastMs` at once. */
  readonly wanted: number;
}

type SuspicionKnobs = Pick<SwimConfig, 'probeIntervalMs' | 'suspicionMult' | 'suspicionMaxTimeoutMult'>;

/** The terms in a pool of `memberCount` known members, ourselves and the suspect included. */
export function suspicionTerms(config: SuspicionKnobs, memberCount: number): SuspicionTerms {
  const scale = Math.max(1, Math.log10(Math.max(1, memberCount)));
  const leastMs = (config.suspicionMult * Math.floor(scale * 1000) * config.probeIntervalMs) / 1000;
  const wanted = Math.max(0, config.suspicionMult - 2);
  return {
    leastMs,
    longestMs: leastMs * config.suspicionMaxTimeoutMult,
    wanted: memberCount - 2 < wanted ? 0 : wanted,
  };
}

/** Milliseconds from the first accusation to the verdict once `confirmations` others agree. */
export function suspicionTimeoutMs(terms: SuspicionTerms, confirmations: number): number {
  if (terms.wanted < 1) return terms.leastMs;
  const share = Math.log(confirmations + 1) / Math.log(terms.wanted + 1);
  const raw = terms.longestMs - share * (terms.longestMs - terms.leastMs);
  return Math.max(terms.leastMs, Math.floor(raw));
}

export class Suspicion {
  private readonly accusers = new Set<string>();
  private agreed = 0;

  /** The first accuser does not count as a confirmation. */
  constructor(
    private readonly terms: SuspicionTerms,
    private readonly start: { readonly atMs: number; readonly deafMs: number },
    firstAccuser: string,
  ) {
    this.accusers.add(firstAccuser);
  }

  get confirmations(): number {
    return this.agreed;
  }

  get isSatisfied(): boolean {
    return this.agreed >= this.terms.wanted;
  }

  get deadlineMs(): number {
    return this.start.atMs + suspicionTimeoutMs(this.terms, this.agreed);
  }

  /** When the verdict falls, given all the ms that we have ever been deaf; the longest time holds in any case. */
  dueMs(totalDeafMs: number): number {
    const lastMs = this.start.atMs + this.terms.longestMs;
    return Math.min(this.deadlineMs + totalDeafMs - this.start.deafMs, Math.max(lastMs, this.deadlineMs));
  }

  /** True when `accuser` is new and still wanted: then the news is worth passing on, and the deadline has moved. */
  confirm(accuser: string): boolean {
    if (this.isSatisfied || this.accusers.has(accuser)) return false;
    this.accusers.add(accuser);
    this.agreed += 1;
    return true;
  }
}
