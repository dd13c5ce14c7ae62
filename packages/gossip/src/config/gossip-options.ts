import { isIP } from 'node:net';
import { CodedError } from '@tribune/platform';
import type { SerfConfig } from '../serf/serf-config';
import { tagsProblem } from '../serf/tags-codec';
import { keyProblem } from '../transport/keyring/keyring';
import { isLabelValid } from '../transport/codec/label';
import { PROFILES, type Profile, type ProfileName } from './profiles';

export interface PoolOptions {
  /** UDP and TCP; 0 lets the system choose. */
  readonly port: number;
  /** Port that others reach us at; default: `port`. */
  readonly advertisePort?: number;
  readonly bindAddress?: string;
  readonly advertiseAddress?: string;
  readonly profile: ProfileName;
  /** Single knobs over the profile. */
  readonly overrides?: Partial<Profile>;
  /** Joined in the background until one answers. */
  readonly retryJoin?: readonly string[];
  /** ms between attempts of `retryJoin`; default 30 s. */
  readonly retryIntervalMs?: number;
}

export interface GossipOptions {
  /** Node name; unique in the LAN pool. In the WAN pool it is `<name>.<datacenter>`. */
  readonly name: string;
  readonly datacenter: string;
  /** IP to listen at; `0.0.0.0` and `::` mean every address. */
  readonly bindAddress: string;
  /** IP that others reach us at; empty: the bind address, or a private address of this machine. */
  readonly advertiseAddress?: string;
  readonly lan: PoolOptions;
  /** Servers only. */
  readonly wan?: PoolOptions;
  /** Opaque here; at most 512 bytes encoded. */
  readonly tags: Readonly<Record<string, string>>;
  /** base64 of 16, 24 or 32 bytes. A keyring file in `dataDir` wins over it. */
  readonly encryptKey?: string;
  /** Refuse plaintext, and send none, once there is a key. Only to be switched off while a pool is being encrypted. */
  readonly encryptVerifyIncoming?: boolean;
  readonly encryptVerifyOutgoing?: boolean;
  /** Keeps pools apart that share a network; at most 255 bytes. */
  readonly label?: string;
  /** Keeps the snapshot for a fast rejoin and the keyring; empty: nothing is kept. */
  readonly dataDir?: string;
  /** Rejoin from the snapshot even after a graceful leave. */
  readonly rejoinAfterLeave?: boolean;
  /** Single knobs of the serf layer: reconnect and reap times, event sizes. */
  readonly serf?: Partial<SerfConfig>;
}

export class GossipOptionsError extends CodedError<{ code: 'GOSSIP_OPTIONS_INVALID'; problems: readonly string[] }> {}

/** As Consul, which takes any name; but a line break would end the member's line in the snapshot file. */
const CONTROL = /[\x00-\x1f\x7f]/;
/** Together with `.<datacenter>` in the WAN pool below the 512 bytes that members take from one another. */
const NAME_BYTES_MAX = 255;
const PORT_MAX = 65_535;

/** All problems at once, each with field, value and rule. */
export function optionsProblems(options: GossipOptions): string[] {
  const problems: string[] = [];
  const name = nameProblem(options.name);
  if (name !== undefined) problems.push(`name ${JSON.stringify(options.name)}: ${name}`);
  if (isIP(options.bindAddress) === 0) problems.push(`bindAddress ${options.bindAddress}: not an IP address`);
  if (options.advertiseAddress && isIP(options.advertiseAddress) === 0) {
    problems.push(`advertiseAddress ${options.advertiseAddress}: not an IP address`);
  }
  const tags = tagsProblem(options.tags);
  if (tags !== undefined) problems.push(`tags: ${tags}`);
  if (options.encryptKey !== undefined) problems.push(...keyProblems(options.encryptKey));
  if (!isLabelValid(options.label ?? '')) problems.push('label: at most 255 bytes');
  problems.push(...poolProblems('lan', options.lan));
  if (options.wan) problems.push(...poolProblems('wan', options.wan));
  return problems;
}

/** Why this cannot be the name of a member. */
export function nameProblem(name: string): string | undefined {
  const bytes = Buffer.byteLength(name);
  if (bytes >= 1 && bytes <= NAME_BYTES_MAX && !CONTROL.test(name)) return undefined;
  return `1 to ${NAME_BYTES_MAX} bytes without control characters`;
}

function keyProblems(encryptKey: string): string[] {
  const problem = keyProblem(Buffer.from(encryptKey, 'base64'));
  return problem === undefined ? [] : [`encryptKey: ${problem}`];
}

function poolProblems(pool: string, options: PoolOptions): string[] {
  const problems: string[] = [];
  if (!Number.isInteger(options.port) || options.port < 0 || options.port > PORT_MAX) {
    problems.push(`${pool}.port ${options.port}: an integer from 0 to ${PORT_MAX}`);
  }
  const knobs: Profile = { ...PROFILES[options.profile], ...options.overrides };
  for (const [name, value] of Object.entries(knobs)) {
    if (typeof value === 'number' && !(value >= 0)) problems.push(`${pool}.${name} ${value}: not negative`);
  }
  if (knobs.probeIntervalMs < knobs.probeTimeoutMs) {
    problems.push(`${pool}.probeTimeoutMs ${knobs.probeTimeoutMs}: at most probeIntervalMs ${knobs.probeIntervalMs}`);
  }
  return problems;
}

export function validateOptions(options: GossipOptions): void {
  const problems = optionsProblems(options);
  if (problems.length === 0) return;
  throw new GossipOptionsError({ code: 'GOSSIP_OPTIONS_INVALID', problems }, problems.join('; '));
}
