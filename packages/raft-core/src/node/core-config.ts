import type { RaftConfig } from '../core/config';
import type { RaftNodeOptions } from './options';

const MEBIBYTE = 1024 * 1024;

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
  };
}
