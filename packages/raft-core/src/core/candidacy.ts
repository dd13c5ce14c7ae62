import type { ServerId } from './message';

/** What a server knows only while it stands for election. */
export interface Candidacy {
  readonly preVote: boolean;
  readonly votes: Map<ServerId, boolean>;
}
