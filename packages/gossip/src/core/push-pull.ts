import type { MemberRecord } from './member-table';
import type { PushedState } from './messages';

/** Above this many members full state exchanges become rarer. */
const SCALE_THRESHOLD = 32;

/** interval × (ceil(log2 n − log2 32) + 1) above 32 members, so that the traffic of a pool grows slower than n². */
export function pushPullIntervalMs(baseMs: number, memberCount: number): number {
  if (memberCount <= SCALE_THRESHOLD) return baseMs;
  return (Math.ceil(Math.log2(memberCount) - Math.log2(SCALE_THRESHOLD)) + 1) * baseMs;
}

interface Speaker {
  readonly name: string;
  readonly state: string;
  readonly versions: readonly number[];
}

/**
 * Everybody alive must understand the protocol everybody speaks, in both layers. Returns what is wrong, or undefined.
 * A row without versions takes no part in finding the common range, and cannot satisfy one either.
 */
export function incompatibility(local: readonly MemberRecord[], remote: readonly PushedState[]): string | undefined {
  const speakers: Speaker[] = [...remote, ...local].filter(({ versions }) => versions.length >= 6);
  const alive = speakers.filter(({ state }) => state === 'alive');
  for (const [layer, at] of [
    ['protocol', 0],
    ['delegate protocol', 3],
  ] as const) {
    let least = 0;
    let most = 255;
    for (const { versions } of alive) {
      least = Math.max(least, versions[at]!);
      most = Math.min(most, versions[at + 1]!);
    }
    const odd = speakers.find(({ versions }) => versions[at + 2]! < least || versions[at + 2]! > most);
    if (odd) {
      return `Node '${odd.name}' ${layer} version (${odd.versions[at + 2]}) is incompatible: [${least}, ${most}]`;
    }
  }
  return undefined;
}
