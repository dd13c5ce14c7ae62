import type { RaftConfig } from '../core/config';
import type { RaftNodeOptions } from './options';
import { STALL_TICKS } from './ticker';

const MEBIBYTE = 1024 * 1024;

/** Clocks may differ by 5 % in rate either way: (1 − 0.05) / (1 + 0.05). Real ones stay within 0.05 % (NTP slews at most 500 ppm). */
const LEASE_DRIFT_MARGIN = 0.9;

/** A voter may make up for a short stall after it has heard us: those ticks do not count as silence (see Ticker). */
export function leaseMsOf(electionTicks: number, tickMs: number): number {
  return Math.max(0, (electionTicks - STALL_TICKS - 1) * tickMs * LEASE_DRIFT_MARGIN);
}

/** The part of the options that the core understands. */
export function raftConfigOf(options: RaftNodeOptions): RaftConfig {
  const { id, multiplier, appendBytesMax, inflightAppendsMax, uncommittedBytesMax, logCacheBytesMax } = options;
  const electionTicks = Math.round(options.electionTicks * multiplier);
  return {
    id,
    electionTicks,
    heartbeatTicks: Math.round(options.heartbeatTicks * multiplier),
    appendBytesMax,
    inflightAppendsMax,
    uncommittedBytesMax,
    // Checksums run at about 1 GB/s: a batch is encoded in a few milliseconds.
    persistBytesMax: 4 * MEBIBYTE,
    applyEntriesMax: 256,
    applyBytesMax: 4 * MEBIBYTE,
    cacheBytesMax: logCacheBytesMax,
    promotionLagMax: 250,
    diskStallTicks: 2 * electionTicks,
    leaseMs: options.readLeases ? leaseMsOf(electionTicks, options.tickMs) : 0,
  };
}
