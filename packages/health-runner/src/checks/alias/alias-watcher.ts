import { messageOf, type Clock, type Logger, type Timer } from '@tribune/platform';
import type { View } from '@tribune/state-store';
import { checkRow } from '../../local/local-records';
import type { LocalChange, LocalState } from '../../local/local-state';
import { critical } from '../probe';
import type { Report } from '../check-runners';
import { aliasStatus, type AliasTarget } from './alias-status';

export interface AliasWatcherCollaborators {
  readonly local: LocalState;
  readonly view: View;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly report: Report;
}

/** Pause before a node that could not be read is asked for again. */
const RETRY_MS = 5_000;

/**
 * Keeps alias checks equal to what they point at: services of this agent by following the local state (no message to
 * anybody), those of other nodes by following that node's rows in the catalog view.
 */
export class AliasWatcher {
  private readonly aliases = new Map<string, AliasTarget>();
  private readonly releases = new Map<string, () => void>();
  /** Services whose aliases are to be evaluated; '' (the node) concerns all. */
  private readonly pending = new Set<string>();

  constructor(
    private readonly nodeName: string,
    private readonly collaborators: AliasWatcherCollaborators,
  ) {
    collaborators.local.follow((change) => this.noteChange(change));
  }

  add(checkId: string, target: AliasTarget): void {
    this.remove(checkId);
    this.aliases.set(checkId, target);
    if (this.isRemote(target)) void this.watchRemote(checkId, target);
    else this.soon(target.serviceId);
  }

  remove(checkId: string): void {
    this.aliases.delete(checkId);
    this.releases.get(checkId)?.();
    this.releases.delete(checkId);
  }

  stop(): void {
    for (const id of [...this.aliases.keys()]) this.remove(id);
  }

  private isRemote({ node }: AliasTarget): boolean {
    return node !== '' && node !== this.nodeName;
  }

  private noteChange(change: LocalChange): void {
    if (this.aliases.size > 0) this.soon(change.kind === 'service' ? change.id : change.serviceId);
  }

  /** One evaluation for all changes of a turn. An alias of an alias settles in the turns that follow. */
  private soon(serviceId: string): void {
    this.pending.add(serviceId);
    if (this.pending.size > 1) return;
    queueMicrotask(() => {
      const services = new Set(this.pending);
      this.pending.clear();
      for (const [checkId, target] of this.aliases) {
        const isConcerned = services.has('') || services.has(target.serviceId);
        if (isConcerned && !this.isRemote(target)) this.evaluateLocal(checkId, target);
      }
    });
  }

  private evaluateLocal(checkId: string, target: AliasTarget): void {
    const { local, report } = this.collaborators;
    const candidates = target.serviceId === '' ? [] : local.checksOf(target.serviceId);
    // An alias is not aliased by itself, nor by another alias of the same thing: two would hold each other critical.
    const rows = [...candidates, ...local.checksOf('')]
      .filter(({ id }) => id !== checkId && !this.pointsAtSame(id, target))
      .map((record) => checkRow(record, this.nodeName));
    const exists = target.serviceId === '' || local.service(target.serviceId) !== undefined;
    report(checkId, aliasStatus(target, rows, exists), true);
  }

  private pointsAtSame(checkId: string, target: AliasTarget): boolean {
    const other = this.aliases.get(checkId);
    return other?.serviceId === target.serviceId && !this.isRemote(other);
  }

  private async watchRemote(checkId: string, target: AliasTarget): Promise<void> {
    const { view, logger, report } = this.collaborators;
    const isCurrent = (): boolean => this.aliases.get(checkId) === target;
    try {
      await view.require([{ kind: 'node', node: target.node }]);
    } catch (thrown) {
      if (!isCurrent()) return;
      const reason = messageOf(thrown);
      logger.warn('aliased node cannot be read', { check: checkId, node: target.node, error: reason });
      report(checkId, critical(`Failure checking aliased node or service: ${reason}`), true);
      return this.retry(checkId, target);
    }
    if (isCurrent()) this.evaluateRemote(checkId, target);
  }

  private evaluateRemote(checkId: string, target: AliasTarget): void {
    const { view, report } = this.collaborators;
    const { node, serviceId } = target;
    this.releases.set(
      checkId,
      view.park([`node/${node}`], () => void this.watchRemote(checkId, target)),
    );
    const exists = serviceId === '' || view.tables.services.get(node, serviceId) !== undefined;
    report(checkId, aliasStatus(target, view.tables.checks.onNode(node), exists), true);
  }

  private retry(checkId: string, target: AliasTarget): void {
    const timer: Timer = this.collaborators.clock.setTimer(RETRY_MS, () => void this.watchRemote(checkId, target));
    this.releases.set(checkId, () => timer.cancel());
  }
}
