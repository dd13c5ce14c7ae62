import type { Disseminator } from './disseminator';
import { isGone, type MemberRecord } from './member-table';
import type { Alive, Dead, PushedState, Suspect } from './messages';
import { Suspicion, suspicionTerms } from './suspicion';
import type { SwimContext } from './swim-context';

const INCARNATION_LIMIT = 2 ** 32;
const VERSION_FIELDS = 6;

/**
 * Who wins when news disagree (SWIM §4.2):
 *
 *   alive(i) beats suspect(j), dead(j), alive(j)   iff i > j
 *   suspect(i) beats alive(j)                      iff i >= j      (suspect(j): only adds a confirmation)
 *   dead(i) beats alive(j), suspect(j)             iff i >= j
 *
 * Only a member raises its own incarnation, and does so to refute. `dead` said by the member itself means it left.
 */
export class MembershipRules {
  private readonly suspicions = new Map<string, Suspicion>();
  private hasLeft = false;

  constructor(
    private readonly context: SwimContext,
    private readonly disseminator: Disseminator,
  ) {}

  get suspectCount(): number {
    return this.suspicions.size;
  }

  /** How long a suspicion that nobody confirms lasts now. */
  longestSuspicionMs(): number {
    return suspicionTerms(this.context.config, this.presentCount()).longestMs;
  }

  /** Enters or updates ourselves: the one `alive` that is never refuted. */
  announceSelf(meta: Uint8Array, nowMs: number, finished?: () => void): void {
    const { config, table } = this.context;
    const incarnation = next(table.get(config.name)?.incarnation ?? 0);
    const { name: node, host, port, versions } = config;
    this.accept({ kind: 'alive', incarnation, node, host, port, meta, versions }, nowMs, finished);
  }

  /** Declares ourselves gone; from now on nothing about us is refuted. */
  leave(nowMs: number, finished: () => void): void {
    const self = this.context.table.get(this.context.config.name);
    if (!self || this.hasLeft) return finished();
    this.hasLeft = true;
    this.bury({ kind: 'dead', incarnation: self.incarnation, node: self.name, from: self.name }, self, nowMs, finished);
  }

  alive(alive: Alive, nowMs: number): void {
    const { config, table, delegate, outbox } = this.context;
    const isSelf = alive.node === config.name;
    if (isSelf && this.hasLeft) return;
    const reason = versionProblem(alive) ?? this.overflow(alive) ?? (isSelf ? undefined : delegate.admit(alive));
    if (reason !== undefined) return outbox.fact({ kind: 'rejected', node: alive.node, reason });
    const known = table.get(alive.node);
    const moved = known !== undefined && (known.host !== alive.host || known.port !== alive.port);
    if (moved && !this.mayMove(known, nowMs)) return outbox.fact({ kind: 'conflict', member: known, other: alive });
    if (isSelf && known) return this.hearOfSelf(alive, known, nowMs);
    if (known && alive.incarnation <= known.incarnation && !moved) return;
    this.accept(alive, nowMs);
  }

  suspect(suspect: Suspect, nowMs: number): void {
    const { table, config, outbox } = this.context;
    const known = table.get(suspect.node);
    if (!known || suspect.incarnation < known.incarnation) return;
    const suspicion = this.suspicions.get(suspect.node);
    if (suspicion) return this.confirm(suspicion, suspect);
    if (known.state !== 'alive') return;
    if (known.name === config.name) return this.refute(known, suspect.incarnation, 'suspect', suspect.from, nowMs);
    this.disseminator.broadcast(suspect);
    table.replace({ ...known, incarnation: suspect.incarnation, state: 'suspect', changedAtMs: nowMs });
    const deafMs = this.context.hearing.totalDeafMs(nowMs);
    const begun = new Suspicion(suspicionTerms(config, this.presentCount()), { atMs: nowMs, deafMs }, suspect.from);
    this.suspicions.set(suspect.node, begun);
    this.scheduleVerdict(suspect.node, begun);
    outbox.fact({ kind: 'suspected', node: suspect.node, from: suspect.from });
  }

  dead(dead: Dead, nowMs: number): void {
    const { table, config } = this.context;
    const known = table.get(dead.node);
    if (!known || dead.incarnation < known.incarnation) return;
    this.endSuspicion(dead.node);
    if (isGone(known)) return;
    if (known.name === config.name) return this.refute(known, dead.incarnation, 'dead', dead.from, nowMs);
    this.bury(dead, known, nowMs);
  }

  /** One row of a state exchange. A remote "dead" only becomes a suspicion: the member may still object. */
  merge(row: PushedState, nowMs: number): void {
    const { name: node, incarnation } = row;
    const from = this.context.config.name;
    switch (row.state) {
      case 'alive': {
        const { host, port, meta, versions } = row;
        return this.alive({ kind: 'alive', node, incarnation, host, port, meta, versions }, nowMs);
      }
      case 'left':
        return this.dead({ kind: 'dead', node, incarnation, from: node }, nowMs);
      case 'dead':
      case 'suspect':
        return this.suspect({ kind: 'suspect', node, incarnation, from }, nowMs);
    }
  }

  private overflow({ node }: Alive): string | undefined {
    const { table, config } = this.context;
    const isFull = table.size >= config.membersMax && !table.get(node);
    return isFull ? `the pool has ${config.membersMax} members already` : undefined;
  }

  // Only members that are there can confirm; memberlist counts the recently dead as well, and waits for them.
  private presentCount(): number {
    return this.context.table.all().reduce((count, record) => count + (isGone(record) ? 0 : 1), 0);
  }

  private mayMove(known: MemberRecord, nowMs: number): boolean {
    const { deadNodeReclaimMs } = this.context.config;
    if (known.state === 'left') return true;
    return known.state === 'dead' && deadNodeReclaimMs > 0 && nowMs - known.changedAtMs > deadNodeReclaimMs;
  }

  // After a restart others still know our old self: the same incarnation with other contents must be overruled too.
  private hearOfSelf(alive: Alive, self: MemberRecord, nowMs: number): void {
    if (alive.incarnation < self.incarnation) return;
    const isSame = sameBytes(alive.meta, self.meta) && sameNumbers(alive.versions, self.versions);
    if (alive.incarnation === self.incarnation && isSame) return;
    this.refute(self, alive.incarnation, 'alive', alive.node, nowMs);
  }

  private accept(alive: Alive, nowMs: number, finished?: () => void): void {
    const { table, random, outbox } = this.context;
    const known = table.get(alive.node);
    this.endSuspicion(alive.node);
    const member: MemberRecord = {
      name: alive.node,
      host: alive.host,
      port: alive.port,
      meta: alive.meta,
      versions: alive.versions.length >= VERSION_FIELDS ? alive.versions : (known?.versions ?? []),
      incarnation: alive.incarnation,
      state: 'alive',
      changedAtMs: known?.state === 'alive' ? known.changedAtMs : nowMs,
    };
    if (known) table.replace(member);
    else table.add(member, random);
    this.disseminator.broadcast(alive, finished);
    if (!known || isGone(known)) outbox.fact({ kind: 'joined', member });
    else if (!sameBytes(known.meta, member.meta)) outbox.fact({ kind: 'updated', member });
  }

  private confirm(suspicion: Suspicion, suspect: Suspect): void {
    if (!suspicion.confirm(suspect.from)) return;
    this.disseminator.broadcast(suspect);
    this.scheduleVerdict(suspect.node, suspicion);
  }

  // The countdown stands still while we are deaf.
  private scheduleVerdict(node: string, suspicion: Suspicion, atMs = suspicion.deadlineMs): void {
    this.context.timers.schedule(`suspicion:${node}`, atMs, (nowMs) => {
      const dueMs = suspicion.dueMs(this.context.hearing.totalDeafMs(nowMs));
      if (nowMs >= dueMs) this.expire(node, suspicion, nowMs);
      else this.scheduleVerdict(node, suspicion, dueMs);
    });
  }

  private expire(node: string, { confirmations }: Suspicion, nowMs: number): void {
    const known = this.context.table.get(node);
    this.suspicions.delete(node);
    if (known?.state !== 'suspect') return;
    this.context.outbox.fact({ kind: 'suspicionExpired', node, confirmations });
    const from = this.context.config.name;
    this.bury({ kind: 'dead', node, incarnation: known.incarnation, from }, known, nowMs);
  }

  private endSuspicion(node: string): void {
    if (this.suspicions.delete(node)) this.context.timers.cancel(`suspicion:${node}`);
  }

  private bury(dead: Dead, known: MemberRecord, nowMs: number, finished?: () => void): void {
    const state = dead.node === dead.from ? 'left' : 'dead';
    const member: MemberRecord = { ...known, incarnation: dead.incarnation, state, changedAtMs: nowMs };
    this.context.table.replace(member);
    this.disseminator.broadcast(dead, finished);
    this.context.outbox.fact({ kind: 'departed', member });
  }

  private refute(
    self: MemberRecord,
    accusedIncarnation: number,
    of: 'alive' | 'suspect' | 'dead',
    from: string,
    nowMs: number,
  ): void {
    if (this.hasLeft) return;
    const incarnation = next(Math.max(self.incarnation, accusedIncarnation));
    const { name: node, host, port, meta, versions } = self;
    this.context.table.replace({ ...self, incarnation, state: 'alive', changedAtMs: nowMs });
    this.context.awareness.apply(1);
    this.disseminator.broadcast({ kind: 'alive', incarnation, node, host, port, meta, versions });
    this.context.outbox.fact({ kind: 'refuted', of, from });
  }
}

/** Incarnations are 32 bits wide on the wire. */
const next = (incarnation: number): number => (incarnation + 1) % INCARNATION_LIMIT;

function versionProblem({ versions }: Alive): string | undefined {
  if (versions.length < 3) return undefined;
  const [min = 0, max = 0] = versions;
  return min === 0 || max === 0 || min > max ? `protocol versions ${min} to ${max} are not a range` : undefined;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
