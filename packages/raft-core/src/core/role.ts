/** A learner is a follower that is not among the voters; it has no role of its own. */
export type Role = 'follower' | 'preCandidate' | 'candidate' | 'leader';
