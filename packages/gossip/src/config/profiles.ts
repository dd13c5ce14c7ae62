import type { SwimConfig } from '../core/swim-config';

/** The part of {@link SwimConfig} that depends on the kind of network. */
export type Profile = Omit<
  SwimConfig,
  'name' | 'host' | 'port' | 'versions' | 'packetOverheadBytes' | 'broadcastQueueMax' | 'relaysMax' | 'membersMax'
> & {
  /** ms for a stream to connect, send and answer. */
  readonly streamTimeoutMs: number;
};

export type ProfileName = 'lan' | 'brisk' | 'wan' | 'local';

/** memberlist's DefaultLANConfig: round trips of a data centre. Detects in about 6 s, suspects for 4 to 24 s (3 nodes). */
export const lanDefaults: Profile = {
  probeIntervalMs: 1000,
  probeTimeoutMs: 500,
  indirectChecks: 3,
  tcpPings: true,
  suspicionMult: 4,
  suspicionMaxTimeoutMult: 6,
  awarenessMax: 8,
  buddySystem: true,
  deafnessMembersMin: 4,
  patientProbes: true,
  gossipIntervalMs: 200,
  gossipNodes: 3,
  gossipToTheDeadMs: 30_000,
  retransmitMult: 4,
  pushPullIntervalMs: 30_000,
  // memberlist has 0; Consul has 30 s, so that a server can come back with another address.
  deadNodeReclaimMs: 30_000,
  packetBytesMax: 1400,
  streamTimeoutMs: 10_000,
};

/**
 * A LAN of up to some hundred members, noticing crashes in half the time: twice the probes, and the same longest suspicion,
 * so that it takes confirmation to be quick. As few false verdicts as `lan` (docs/gossip.md); twice the idle packets.
 */
export const briskDefaults: Profile = {
  ...lanDefaults,
  probeIntervalMs: 500,
  probeTimeoutMs: 250,
  suspicionMaxTimeoutMult: 12,
};

/** Between data centres: slower, and fewer false alarms. */
export const wanDefaults: Profile = {
  ...lanDefaults,
  probeIntervalMs: 5000,
  probeTimeoutMs: 3000,
  suspicionMult: 6,
  gossipIntervalMs: 500,
  gossipNodes: 4,
  gossipToTheDeadMs: 60_000,
  pushPullIntervalMs: 60_000,
  streamTimeoutMs: 30_000,
};

/** One machine: loopback does not lose packets. */
export const localDefaults: Profile = {
  ...lanDefaults,
  probeTimeoutMs: 200,
  indirectChecks: 1,
  suspicionMult: 3,
  gossipIntervalMs: 100,
  gossipToTheDeadMs: 15_000,
  retransmitMult: 2,
  pushPullIntervalMs: 15_000,
  streamTimeoutMs: 1000,
};

export const PROFILES: Readonly<Record<ProfileName, Profile>> = {
  lan: lanDefaults,
  brisk: briskDefaults,
  wan: wanDefaults,
  local: localDefaults,
};
