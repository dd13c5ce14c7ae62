import { isDeepStrictEqual } from 'node:util';
import type { Timer } from '@tribune/platform';
import { SERF_HEALTH_CHECK_ID, type Member } from '@tribune/protocol';
import type { Command, RegisterCommand } from '@tribune/state-store';
import type { LanMembers, MemberChange } from '../server/lan-members';
import type { Duty, DutyCollaborators } from './duty';
import { nodeRecord, serfHealthRecord, serverServiceRecord, type NodeSettings } from './member-records';

/** Consul's reconcile interval. */
const FULL_RECONCILE_MS = 60_000;
/**
 * A node that gossip does not know at all was reaped while nobody led, or is not back yet after a restart of the whole
 * datacenter. Its checks turn critical after one round; it is deregistered only after ten minutes.
 */
const ABSENT_CRITICAL_MS = FULL_RECONCILE_MS;
const ABSENT_DEREGISTER_MS = 10 * 60_000;

/** Keeps the catalog's nodes and their `serfHealth` in step with gossip. */
export class ReconcileMembers implements Duty {
  readonly name = 'reconcile-members';
  private readonly waiting = new Map<string, MemberChange>();
  private readonly absentSince = new Map<string, number>();
  private working = false;
  private leading = false;
  private timer: Timer | undefined;
  private unfollow: (() => void) | undefined;

  constructor(
    private readonly options: NodeSettings,
    private readonly members: LanMembers,
    private readonly collaborators: DutyCollaborators,
  ) {}

  begin(): void {
    this.leading = true;
    this.unfollow = this.members.follow((change) => this.enqueue(change));
    this.reconcileAll();
  }

  end(): void {
    this.leading = false;
    this.unfollow?.();
    this.timer?.cancel();
    this.waiting.clear();
    this.absentSince.clear();
  }

  private reconcileAll(): void {
    this.timer = this.collaborators.clock.setTimer(FULL_RECONCILE_MS, () => this.reconcileAll());
    for (const member of this.members.all()) this.enqueue({ kind: 'known', member });
    if (this.members.isComplete) for (const node of this.absentNodes()) this.reconcileAbsent(node);
  }

  // One at a time, newest fact per member: a flapping member costs one write, not a queue of them.
  private enqueue(change: MemberChange): void {
    this.waiting.set(change.member.name, change);
    if (!this.working) void this.work();
  }

  private async work(): Promise<void> {
    this.working = true;
    for (let next = this.waiting.values().next(); !next.done && this.leading; next = this.waiting.values().next()) {
      this.waiting.delete(next.value.member.name);
      const command = this.commandFor(next.value);
      if (command) await this.write(command, next.value.member.name);
    }
    this.working = false;
  }

  private async write(command: Command, node: string): Promise<void> {
    const { logger, propose } = this.collaborators;
    logger.debug('reconciling a member', { node, command: command.type });
    const result = await propose(command);
    // The full round comes back to it.
    if (result.kind === 'failed') logger.warn('member could not be reconciled', { node, reason: result.reason });
  }

  private commandFor({ kind, member }: MemberChange): Command | undefined {
    if (kind === 'reaped' || member.status === 'left') return this.deregistration(member.name);
    if (member.status === 'alive') return this.registration(member);
    return member.status === 'failed' ? this.failure(member.name) : undefined;
  }

  private registration(member: Member): Command | undefined {
    const { nodes, services, checks } = this.collaborators.view.tables;
    this.absentSince.delete(member.name);
    const row = nodes.get(member.name);
    const node = nodeRecord(member, row, this.options);
    const check = serfHealthRecord(member.name, true);
    const server = this.members.server(member);
    const service = server && serverServiceRecord(member, server);
    const known =
      row?.id === node.id &&
      row.address === node.address &&
      checks.get(member.name, SERF_HEALTH_CHECK_ID)?.status === 'passing' &&
      (!service || contains(services.get(member.name, service.id), service));
    if (known) return undefined;
    // Only a node that moved is written over; what its agent wrote stays, also when that write is on its way.
    const skipNodeUpdate = !row || (row.id === node.id && row.address === node.address);
    return { type: 'register', node, skipNodeUpdate, service, checks: [check] } satisfies RegisterCommand;
  }

  private failure(name: string): Command | undefined {
    const { nodes, checks } = this.collaborators.view.tables;
    const row = nodes.get(name);
    if (!row || checks.get(name, SERF_HEALTH_CHECK_ID)?.status === 'critical') return undefined;
    return { type: 'register', node: row, skipNodeUpdate: true, checks: [serfHealthRecord(name, false)] };
  }

  private deregistration(name: string): Command | undefined {
    this.absentSince.delete(name);
    // A leader that leaves is deregistered by its successor.
    if (name === this.options.own.name || !this.collaborators.view.tables.nodes.get(name)) return undefined;
    return { type: 'deregister', node: name };
  }

  private absentNodes(): string[] {
    const names = new Set<string>();
    for (const check of this.collaborators.view.tables.checks.rows()) {
      if (check.checkId === SERF_HEALTH_CHECK_ID && !this.members.get(check.node)) names.add(check.node);
    }
    return [...names];
  }

  private reconcileAbsent(name: string): void {
    const nowMs = this.collaborators.clock.monotonicMs();
    const sinceMs = this.absentSince.get(name) ?? nowMs;
    this.absentSince.set(name, sinceMs);
    const absentMs = nowMs - sinceMs;
    const command =
      absentMs >= ABSENT_DEREGISTER_MS
        ? this.deregistration(name)
        : absentMs >= ABSENT_CRITICAL_MS
          ? this.failure(name)
          : undefined;
    if (command) void this.write(command, name);
  }
}

/** Whether the stored row says everything that the wanted record says. */
function contains<T extends object>(row: T | undefined, wanted: Partial<T>): boolean {
  return (
    row !== undefined && (Object.keys(wanted) as (keyof T)[]).every((key) => isDeepStrictEqual(row[key], wanted[key]))
  );
}
