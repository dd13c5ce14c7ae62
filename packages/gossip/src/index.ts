/**
 * Membership and failure detection: SWIM with Lifeguard and the serf layer, in the wire format of memberlist and serf.
 * @packageDocumentation
 */
import type { GossipOptions } from './config/gossip-options';
import { Gossip, type GossipCollaborators } from './node/gossip';

export {
  nameProblem,
  GossipOptionsError,
  optionsProblems,
  type GossipOptions,
  type PoolOptions,
} from './config/gossip-options';
export {
  PROFILES,
  briskDefaults,
  lanDefaults,
  localDefaults,
  wanDefaults,
  type Profile,
  type ProfileName,
} from './config/profiles';
export { Gossip, type GossipCollaborators } from './node/gossip';

export function createGossip(options: GossipOptions, collaborators: GossipCollaborators): Gossip {
  return new Gossip(options, collaborators);
}
