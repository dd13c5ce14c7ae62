import { CodedError } from '@tribune/platform';
import type { ServerId } from '../core/message';

/** How a {@link RaftNode} behaves. Times are counted in ticks so that one multiplier stretches them all. */
export interface RaftNodeOptions {
  readonly id: ServerId;
  /** `host:port` where this server's peers reach it; recorded in the configuration. */
  readonly address: string;
  /** Milliseconds per tick. Default 10. */
  readonly tickMs: number;
  /** Shortest election timeout; each wait is random in [1, 2) times this. Default 40 ticks = 400–800 ms. */
  readonly electionTicks: number;
  /** A leader speaks this often. Default 5 ticks = 50 ms: eight chances before anyone stands. */
  readonly heartbeatTicks: number;
  /** Stretches election and heartbeat alike, as Consul's `raft_multiplier` does (1–10). Default 1. */
  readonly multiplier: number;
  /**
   * Take a snapshot when this many entries were applied since the last. Default 16384, as Consul has it today: a restart
   * has to apply that many again, and under load snapshots take twice the time with half of it.
   */
  readonly snapshotThreshold: number;
  /** Entries kept behind a snapshot, so that a briefly absent follower needs no snapshot. Default 10240. */
  readonly trailingLogs: number;
  /** Also take a snapshot when this many bytes of commands were applied: large values must not fill the disk. Default 32 MiB. */
  readonly snapshotThresholdBytes: number;
  /** … and keep no more than about this many bytes of entries behind it. Default 16 MiB. */
  readonly trailingBytes: number;
  /**
   * Commands on disk that no snapshot has cleared away yet; over it, and over twice the last snapshot, proposals wait until
   * one has. Default 96 MiB.
   */
  readonly logBytesMax: number;
  /** Largest command in bytes. Default 1.5 MiB. */
  readonly commandBytesMax: number;
  /** Bytes of one append message (one entry may exceed it). Default 1 MiB. */
  readonly appendBytesMax: number;
  /** Append messages on their way to one follower. Default 8 (R18: deep queues only raise latency). */
  readonly inflightAppendsMax: number;
  /** Commands waiting or in the log but not applied; over it proposals are refused (R17). Default 64 MiB. */
  readonly uncommittedBytesMax: number;
  /** Commands proposed here and not yet answered. Default 16384. */
  readonly proposalsMax: number;
  /** Entries kept in memory behind the commit index, for followers. Default 4 MiB: what lives longer costs the collector. */
  readonly logCacheBytesMax: number;
  /** Refuse proposals and hand over the lead when the disk has less than this free (S5). Default 256 MiB. */
  readonly freeBytesMin: number;
  /** Leaders answer reads for a while without asking a quorum (R8). All servers must agree. Default false. */
  readonly readLeases: boolean;
}

export const raftNodeDefaults: Omit<RaftNodeOptions, 'id' | 'address'> = {
  tickMs: 10,
  electionTicks: 40,
  heartbeatTicks: 5,
  multiplier: 1,
  snapshotThreshold: 16_384,
  trailingLogs: 10240,
  snapshotThresholdBytes: 32 * 1024 * 1024,
  trailingBytes: 16 * 1024 * 1024,
  logBytesMax: 96 * 1024 * 1024,
  commandBytesMax: 1.5 * 1024 * 1024,
  appendBytesMax: 1024 * 1024,
  inflightAppendsMax: 8,
  uncommittedBytesMax: 64 * 1024 * 1024,
  proposalsMax: 16384,
  logCacheBytesMax: 4 * 1024 * 1024,
  freeBytesMin: 256 * 1024 * 1024,
  readLeases: false,
};

export class RaftOptionsError extends CodedError<{ code: 'RAFT_OPTIONS_INVALID'; problems: readonly string[] }> {}

/** Fills in the defaults and returns the options, or throws one error that names every bad field. */
export function completeOptions(
  given: Partial<RaftNodeOptions> & Pick<RaftNodeOptions, 'id' | 'address'>,
): RaftNodeOptions {
  const options: RaftNodeOptions = { ...raftNodeDefaults, ...given };
  const problems = validateOptions(options);
  if (problems.length > 0) {
    throw new RaftOptionsError({ code: 'RAFT_OPTIONS_INVALID', problems }, `raft options: ${problems.join('; ')}`);
  }
  return options;
}

export function validateOptions(options: RaftNodeOptions): readonly string[] {
  const problems: string[] = [];
  if (options.id === '') problems.push('id is empty');
  for (const [field, value] of Object.entries(options)) {
    if (typeof value !== 'number') continue;
    const minimum = ['trailingLogs', 'trailingBytes', 'freeBytesMin'].includes(field) ? 0 : 1;
    if (!Number.isFinite(value) || value < minimum) problems.push(`${field} is ${value}, must be at least ${minimum}`);
  }
  if (options.electionTicks < 2 * options.heartbeatTicks) {
    problems.push(`electionTicks is ${options.electionTicks}, must be at least twice heartbeatTicks`);
  }
  return problems;
}
