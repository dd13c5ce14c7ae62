import type { Profile } from '../config/profiles';
import { SimPool } from '../testing/sim-pool';

export interface SpreadResult {
  /** ms until this share of the members had the news; Infinity: not within the time given. */
  readonly p50: number;
  readonly p99: number;
  readonly p9999: number;
  readonly all: number;
}

const SETTLE_MS = 1_000;
const GIVEN_MS = 20_000;

/** How fast one member's new meta data reach everybody. */
export function runSpread(
  nodes: number,
  seed: number,
  options: { knobs?: Partial<Profile>; loss?: number } = {},
): SpreadResult {
  const pool = new SimPool({ seed, ...options });
  pool.addConverged(nodes);
  pool.run(SETTLE_MS);
  const beganMs = pool.nowMs;
  const heard: number[] = [];
  pool.observe = ({ atMs, node, fact }) => {
    if (fact.kind === 'updated' && node !== 'n0') heard.push(atMs - beganMs);
  };
  pool.setMeta('n0', 'news');
  for (let waited = 0; waited < GIVEN_MS && heard.length < nodes - 1; waited += 100) pool.run(100);
  const at = (share: number): number => heard[Math.ceil((nodes - 1) * share) - 1] ?? Infinity;
  return { p50: at(0.5), p99: at(0.99), p9999: at(0.9999), all: at(1) };
}

/**
 * Serf's published model: share(x) = 1 / (1 + (n + 1) e^(−bx)) after x rounds, b = fanout × (1 − loss) / 2. The time in
 * ms at which it reaches `share`.
 */
export function modelledSpreadMs(
  nodes: number,
  share: number,
  { fanout = 3, intervalMs = 200, loss = 0 } = {},
): number {
  const b = 0.5 * fanout * (1 - loss);
  return (-Math.log((1 / share - 1) / (nodes + 1)) / b) * intervalMs;
}

export interface LoadResult {
  /** Per member and second, without state exchanges. */
  readonly packets: number;
  readonly bytes: number;
  /** Bytes of state exchanges per member and second, from the size of one row. */
  readonly exchangeBytes: number;
  /** Microseconds of this machine's CPU per member and second. */
  readonly cpuUs: number;
}

/** One row of a state exchange with the tags of a Consul agent, before compression (bytes). */
const ROW_BYTES = 290;

/** An ack carries a coordinate: 11 doubles with their names. */
const COORDINATE = new Uint8Array(130);

/** What a quiet pool costs. `cpuMs` reads the CPU time of this process. */
export function runLoad(nodes: number, seconds: number, cpuMs: () => number): LoadResult {
  const ackPayload = (): Uint8Array => COORDINATE;
  const delegate = { ackPayload, takeBroadcasts: () => [], hasBroadcasts: () => false, admit: () => undefined };
  const pool = new SimPool({ seed: 1, delegate: () => delegate });
  pool.addConverged(nodes);
  pool.run(SETTLE_MS);
  for (const node of pool.nodes.values()) Object.assign(node, { packetsSent: 0, bytesSent: 0 });
  const began = cpuMs();
  pool.run(seconds * 1000);
  const used = cpuMs() - began;
  const all = [...pool.nodes.values()];
  const per = (total: number): number => total / nodes / seconds;
  const [one] = all;
  return {
    packets: per(all.reduce((sum, node) => sum + node.packetsSent, 0)),
    bytes: per(all.reduce((sum, node) => sum + node.bytesSent, 0)),
    exchangeBytes: (nodes * ROW_BYTES * 2) / (one!.swim.pushPullIntervalMs / 1000),
    cpuUs: per(used * 1000),
  };
}
