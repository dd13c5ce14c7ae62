import type { Versions } from './messages';

/**
 * Every knob of failure detection and dissemination. `n` is the number of known members. Presets are in
 * `config/profiles.ts`; the values there are memberlist's.
 */
export interface SwimConfig {
  /** Own name: unique in the pool. */
  readonly name: string;
  /** Own address as others reach it (IP text) and gossip port. */
  readonly host: string;
  readonly port: number;
  /** What this implementation speaks; `[pMin, pMax, pCur, dMin, dMax, dCur]`. */
  readonly versions: Versions;
  /** ms between probes; times (health score + 1). Shorter detects sooner and costs 1 packet per probe. */
  readonly probeIntervalMs: number;
  /** ms to wait for a direct ack: about the 99th percentile of the network's round trip. Never scaled. */
  readonly probeTimeoutMs: number;
  /** Members asked to ping on our behalf when the direct ping is not answered (k in the SWIM paper). */
  readonly indirectChecks: number;
  /** Also ping over TCP when UDP is not answered; saves members behind broken UDP from flapping. */
  readonly tcpPings: boolean;
  /** Least suspicion = suspicionMult × max(1, log10 n) × probeInterval. */
  readonly suspicionMult: number;
  /** Longest suspicion = suspicionMaxTimeoutMult × least (Lifeguard's beta). 1 switches LHA-Suspicion off. */
  readonly suspicionMaxTimeoutMult: number;
  /** Health score is 0 … awarenessMax − 1. 1 switches LHA-Probe off. */
  readonly awarenessMax: number;
  /** Tell a suspect about the suspicion in the ping itself (Lifeguard's buddy system). */
  readonly buddySystem: boolean;
  /**
   * Who hears nothing from anybody is cut off itself: with at least so many others believed alive, two probe intervals
   * of complete silence put verdicts off, at the longest until the longest suspicion. 0 switches it off.
   */
  readonly deafnessMembersMin: number;
  /**
   * A probe whose time-out we were late for (we did not run, or a send held us up) still gives helpers and the stream all
   * of probeInterval − probeTimeout. Without it such a probe accuses its target at once, as memberlist's does.
   */
  readonly patientProbes: boolean;
  /** ms between gossip rounds and members addressed in each. */
  readonly gossipIntervalMs: number;
  readonly gossipNodes: number;
  /** ms that dead members still receive gossip, so that a wrongly accused one can refute. */
  readonly gossipToTheDeadMs: number;
  /** A message is sent retransmitMult × ceil(log10(n + 1)) times, in small pools as often as there are members. */
  readonly retransmitMult: number;
  /** ms between full state exchanges; × (ceil(log2 n − 5) + 1) above 32 members. 0 switches them off. */
  readonly pushPullIntervalMs: number;
  /** ms after which the name of a dead member may be taken by another address; 0: never. */
  readonly deadNodeReclaimMs: number;
  /** Largest UDP payload in bytes, and how much of it headers (label, checksum, encryption) take. */
  readonly packetBytesMax: number;
  readonly packetOverheadBytes: number;
  /** Broadcasts waiting to be sent; beyond it the most often sent ones are dropped. */
  readonly broadcastQueueMax: number;
  /** Members known at once; further ones are refused. */
  readonly membersMax: number;
  /** Pings under way on behalf of others; beyond it requests are ignored. */
  readonly relaysMax: number;
}
