/**
 * Links that are broken for good while every machine is well: the faults that majority protocols are worst at. (Cloudflare
 * was down for six hours in 2020 because three servers could not all hear each other.)
 */
import { shuffle, type Random } from '@tribune/platform';

type Cut = readonly [from: number, to: number];

const both = (a: number, b: number): Cut[] => [
  [a, b],
  [b, a],
];

/** Which links to cut among servers 0…count-1, when `leader` leads. */
export const LINK_FAULTS = {
  /** One follower does not hear the leader. */
  'leader to one': (leader: number, [follower]: readonly number[]): Cut[] => [[leader, follower!]],
  /** The leader does not hear one follower. */
  'one to leader': (leader: number, [follower]: readonly number[]): Cut[] => [[follower!, leader]],
  /** Cloudflare's shape: the leader and some followers, as many as leave it a majority, lost each other. */
  'partial mesh': (leader: number, followers: readonly number[]): Cut[] =>
    followers.slice(0, Math.floor(followers.length / 2)).flatMap((follower) => both(leader, follower)),
  /** Links between followers only. */
  'followers apart': (_leader: number, followers: readonly number[]): Cut[] =>
    followers.slice(1).flatMap((follower, i) => both(followers[i]!, follower)),
  /** Everybody hears one follower and nobody else: only that one can lead. */
  hub: (leader: number, [hub, ...others]: readonly number[]): Cut[] => {
    const spokes = [leader, ...others].filter((each) => each !== hub);
    return spokes.flatMap((one, i) => spokes.slice(i + 1).flatMap((other) => both(one, other)));
  },
} satisfies Record<string, (leader: number, followers: readonly number[]) => Cut[]>;

export type LinkFault = keyof typeof LINK_FAULTS;
export const LINK_FAULT_NAMES = Object.keys(LINK_FAULTS) as LinkFault[];

export function cutsOf(fault: LinkFault, leader: number, count: number, random: Random): readonly Cut[] {
  const followers = Array.from({ length: count }, (_, i) => i).filter((each) => each !== leader);
  return LINK_FAULTS[fault](leader, shuffle(followers, random));
}
