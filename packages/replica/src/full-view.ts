import type { FeedRequest, Topic } from '@tribune/protocol';
import { Replica } from '@tribune/state-store';
import { BaseView } from './base-view';
import type { ReplicaCollaborators } from './feed-view';

const ALL_ID = 1;

/** Everything that the servers hold. */
export class FullView extends BaseView {
  constructor(collaborators: ReplicaCollaborators) {
    super(new Replica('full'), collaborators);
    this.replica.subscribe(ALL_ID, { kind: 'all' });
  }

  override require(_topics: readonly Topic[]): undefined {
    return undefined;
  }

  protected override requests(): readonly FeedRequest[] {
    return [{ kind: 'subscribe', id: ALL_ID, topic: { kind: 'all' }, fromRevision: this.replica.resumeFrom(ALL_ID) }];
  }

  protected override isFilled(): boolean {
    return this.replica.isReady(ALL_ID);
  }
}
