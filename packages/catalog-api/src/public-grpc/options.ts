export interface PublicApiOptions {
  readonly datacenter: string;
  /** How long a call waits for a leader before it fails with UNAVAILABLE. Milliseconds. */
  readonly leaderHoldMs: number;
  readonly watch: WatchLimits;
}

/** What watches may cost. Beyond the first two, new ones fail with RESOURCE_EXHAUSTED. */
export interface WatchLimits {
  readonly watchesMax: number;
  /** Different things watched: services, prefixes. */
  readonly subjectsMax: number;
  /** Deltas kept per subject for those that resume or are slow; beyond, they get a new snapshot. */
  readonly deltasMax: number;
  /** Bytes of them, roughly. */
  readonly deltaBytesMax: number;
  /** How long a subject that nobody watches keeps its deltas for those that come back. Milliseconds. */
  readonly idleMs: number;
  /** How long a watch that knows more than this front end waits for it to catch up, before a snapshot. Milliseconds. */
  readonly catchUpMs: number;
}

export const publicApiDefaults: PublicApiOptions = {
  datacenter: 'dc1',
  leaderHoldMs: 7_000,
  watch: {
    watchesMax: 50_000,
    subjectsMax: 8_192,
    deltasMax: 256,
    deltaBytesMax: 4 << 20,
    idleMs: 60_000,
    catchUpMs: 5_000,
  },
};
