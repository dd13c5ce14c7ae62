import { CodedError } from '@tribune/platform';
import type { AutopilotSettings } from '../leader-duties/autopilot-settings';
import type { RaftNodeOptions } from '../node/options';
import type { HistoryLimits } from './feed/history';

/** How a server is run. Validated as a whole by {@link createRaftServer}. */
export interface RaftServerOptions {
  /** UUID text, this server's identity for all time (R13). */
  readonly id: string;
  readonly nodeName: string;
  readonly datacenter: string;
  /** `host:port` to listen on for server RPC (Consul's 8300); port 0 lets the system choose. */
  readonly rpcAddress: string;
  /** Host, or `host:port`, where other servers reach this one. Without a port: the one that was bound. */
  readonly advertiseAddress: string;
  /** Folder for log and snapshots; undefined (`-dev`): a temporary folder that goes at stop. */
  readonly dataDir?: string;
  /** Found a new datacenter alone, at once. */
  readonly bootstrap: boolean;
  /** Found a new datacenter when this many servers with the same number have met; 0: never. */
  readonly bootstrapExpect: number;
  /** Consul's `raft_multiplier`, 1 to 10. @default 1 */
  readonly raftMultiplier?: number;
  /** Timings and bounds of consensus that tests and experts change. */
  readonly raft?: Partial<Omit<RaftNodeOptions, 'id' | 'address' | 'multiplier'>>;
  /** How long a request waits for a leader to appear (Consul's `rpc_hold_timeout`). @default 7000 */
  readonly rpcHoldMs?: number;
  /** Memory for subscribers that come back or fall behind. @default 20,000 revisions, 32 MiB */
  readonly feedHistory?: HistoryLimits;
  /** Care of servers, as long as operators have not set it for the datacenter. @default Consul's */
  readonly autopilot?: AutopilotSettings;
  /** How often the leader has all servers compare their tables. @default 30000 */
  readonly auditMs?: number;
  /** For tests of that: this server alone has another value under this KV key. @default `TRIBUNE_TEST_SPOILED_KEY` */
  readonly spoiledKey?: string;
  /** What the catalog says about this node when the leader registers it. */
  readonly taggedAddresses?: Readonly<Record<string, string>>;
  readonly nodeMeta?: Readonly<Record<string, string>>;
}

export class RaftServerOptionsError extends CodedError<{
  code: 'SERVER_OPTIONS_INVALID';
  problems: readonly string[];
}> {}

const ADDRESS = /^(?:\[[^\]]+\]|[^:]+):\d+$/;

export function validateServerOptions(options: RaftServerOptions): readonly string[] {
  const problems: string[] = [];
  for (const field of ['id', 'nodeName', 'datacenter', 'advertiseAddress'] as const) {
    if (options[field] === '') problems.push(`${field} is empty`);
  }
  if (!ADDRESS.test(options.rpcAddress)) problems.push(`rpcAddress is "${options.rpcAddress}", must be host:port`);
  const { bootstrapExpect, raftMultiplier = 1 } = options;
  if (!Number.isInteger(bootstrapExpect) || bootstrapExpect < 0) {
    problems.push(`bootstrapExpect is ${bootstrapExpect}, must be a whole number`);
  }
  if (options.bootstrap && bootstrapExpect > 0) problems.push('bootstrap and bootstrapExpect exclude each other');
  if (!(raftMultiplier >= 1 && raftMultiplier <= 10))
    problems.push(`raftMultiplier is ${raftMultiplier}, must be 1 to 10`);
  return problems;
}

export function assertServerOptions(options: RaftServerOptions): void {
  const problems = validateServerOptions(options);
  if (problems.length === 0) return;
  throw new RaftServerOptionsError(
    { code: 'SERVER_OPTIONS_INVALID', problems },
    `server options: ${problems.join('; ')}`,
  );
}

/** `host:port`, where `advertise` may leave out the port. */
export function advertised(advertise: string, boundPort: number): string {
  if (ADDRESS.test(advertise)) return advertise;
  const host = advertise.includes(':') && !advertise.startsWith('[') ? `[${advertise}]` : advertise;
  return `${host}:${boundPort}`;
}
