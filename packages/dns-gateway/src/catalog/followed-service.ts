import type { CatalogApi, CheckServiceNode, ServiceWatchEvent, Watch, WatchOptions } from '@tribune/protocol';
import { FirstSnapshot } from './first-snapshot';
import { follow, type FollowCollaborators, type Followed } from './follow';

/** The instances of one service (or of what stands for it in Connect), followed from first use until nobody asks. */
export class FollowedService implements Followed<CheckServiceNode, { node: string; serviceId: string }> {
  readonly first = new FirstSnapshot();
  /** Set by every use; the mirror clears it and looks again. */
  used = true;
  private readonly instances = new Map<string, CheckServiceNode>();
  private readonly aborter = new AbortController();
  private list: readonly CheckServiceNode[] | undefined;

  constructor(
    readonly name: string,
    private readonly service: string,
    private readonly connect: boolean,
    private readonly catalog: CatalogApi,
    private readonly changed: () => void,
  ) {}

  start(collaborators: FollowCollaborators): Promise<void> {
    return follow(this, collaborators, this.aborter.signal);
  }

  stop(): void {
    this.aborter.abort();
  }

  /** In whatever state of health. */
  current(): readonly CheckServiceNode[] {
    return (this.list ??= [...this.instances.values()]);
  }

  open(from: WatchOptions, signal: AbortSignal): Watch<ServiceWatchEvent> {
    return this.catalog.watch(this.service, { ...from, connect: this.connect }, signal);
  }

  apply(event: ServiceWatchEvent): void {
    if (event.kind === 'snapshot') {
      this.instances.clear();
      for (const instance of event.items) this.instances.set(keyOf(instance.node.node, instance.service.id), instance);
      this.first.arrived();
    } else {
      for (const { node, serviceId } of event.removals) this.instances.delete(keyOf(node, serviceId));
      for (const instance of event.upserts)
        this.instances.set(keyOf(instance.node.node, instance.service.id), instance);
    }
    this.list = undefined;
    this.changed();
  }

  lost(): void {
    // What we have is the best there is until the stream is back.
  }
}

/** Neither part can hold a NUL. */
const keyOf = (node: string, serviceId: string): string => `${node}\0${serviceId}`;
