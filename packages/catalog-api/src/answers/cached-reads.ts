/** Questions asked with `?cached` are remembered up to this many, oldest out first. */
const REMEMBERED_MAX = 8_192;

/**
 * Consul's agent cache, seen from outside: the first `?cached` read of a thing is a miss and goes the normal way; later
 * ones are hits, answered from what is at hand without asking a leader. Here the view is at hand, and always refreshed.
 */
export class CachedReads {
  private readonly seen = new Set<string>();

  /** Whether this was asked before; from now on it was. */
  isHit(key: string): boolean {
    if (this.seen.has(key)) return true;
    if (this.seen.size >= REMEMBERED_MAX) this.seen.delete(this.seen.values().next().value!);
    this.seen.add(key);
    return false;
  }
}
