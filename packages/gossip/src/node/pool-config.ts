import { PROFILES, type Profile } from '../config/profiles';
import type { PoolOptions } from '../config/gossip-options';
import type { SwimConfig } from '../core/swim-config';
import type { Endpoint } from '../core/messages';

/**
 * `[pMin, pMax, pCur, dMin, dMax, dCur]`: memberlist 1 to 5, speaking 2 (everybody understands it, and newer features
 * follow from the peer's maximum); serf 2 to 5, speaking 4. The values a Consul agent announces.
 */
const VERSIONS = [1, 5, 2, 2, 5, 4];
const BROADCASTS_MAX = 8192;
const RELAYS_MAX = 4096;
/** Several times the largest pool we know how to vouch for. */
const MEMBERS_MAX = 65_536;

export const knobsOf = (options: PoolOptions): Profile => ({ ...PROFILES[options.profile], ...options.overrides });

export function swimConfig(knobs: Profile, name: string, self: Endpoint, packetOverheadBytes: number): SwimConfig {
  return {
    ...knobs,
    name,
    ...self,
    versions: VERSIONS,
    packetOverheadBytes,
    broadcastQueueMax: BROADCASTS_MAX,
    relaysMax: RELAYS_MAX,
    membersMax: MEMBERS_MAX,
  };
}
