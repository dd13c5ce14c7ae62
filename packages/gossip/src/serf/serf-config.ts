/** Every knob of the serf layer. Defaults are serf's, changed where Consul changes them. */
export interface SerfConfig {
  readonly name: string;
  /** ms between looks for members to forget. */
  readonly reapIntervalMs: number;
  /** ms a failed member stays known; until then we try to reach it again. */
  readonly reconnectTimeoutMs: number;
  /** ms a member that left stays known. */
  readonly tombstoneTimeoutMs: number;
  /** ms between attempts to reach one failed member again. */
  readonly reconnectIntervalMs: number;
  /** ms an intent about an unknown member is remembered. */
  readonly recentIntentTimeoutMs: number;
  /** ms to wait until our own broadcast is out, and until it has spread. */
  readonly broadcastTimeoutMs: number;
  readonly leavePropagateDelayMs: number;
  /** User events and queries remembered to recognise repetitions. */
  readonly eventBuffer: number;
  readonly queryBuffer: number;
  /** Query time-out = gossip interval × queryTimeoutMult × ceil(log10(n + 1)). */
  readonly queryTimeoutMult: number;
  readonly gossipIntervalMs: number;
  /** See `EventCoalescer`: how long events that may be coalesced are held, at most and without another one. ms. */
  readonly userCoalescePeriodMs: number;
  readonly userQuiescentPeriodMs: number;
  /** Bytes of a user event (name and payload, and encoded), a query and a response. */
  readonly userEventBytesMax: number;
  readonly queryBytesMax: number;
  readonly queryResponseBytesMax: number;
  /** Broadcasts waiting per kind; beyond it the most often sent ones are dropped. */
  readonly queueMax: number;
  /** Queries of ours that may be open at once. */
  readonly openQueriesMax: number;
}

const HOUR_MS = 3_600_000;

export const serfDefaults: Omit<SerfConfig, 'name' | 'gossipIntervalMs'> = {
  reapIntervalMs: 15_000,
  reconnectTimeoutMs: 72 * HOUR_MS,
  tombstoneTimeoutMs: 24 * HOUR_MS,
  reconnectIntervalMs: 30_000,
  recentIntentTimeoutMs: 300_000,
  broadcastTimeoutMs: 5_000,
  leavePropagateDelayMs: 1_000,
  eventBuffer: 512,
  queryBuffer: 512,
  queryTimeoutMult: 16,
  // serf's agent has these; Consul's own events never allow it.
  userCoalescePeriodMs: 3_000,
  userQuiescentPeriodMs: 1_000,
  userEventBytesMax: 512,
  queryBytesMax: 1024,
  queryResponseBytesMax: 1024,
  queueMax: 4096,
  openQueriesMax: 256,
};
