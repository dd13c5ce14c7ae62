import type { FeedView, ReplicaCollaborators, ReplicaOptions } from './feed-view';
import { FullView } from './full-view';
import { PartialView } from './partial-view';

export function createReplica(options: ReplicaOptions, collaborators: ReplicaCollaborators): FeedView {
  return options.topics === 'all' ? new FullView(collaborators) : new PartialView(options, collaborators);
}
