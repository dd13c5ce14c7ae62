import type { Member, MemberStatus } from '@tribune/protocol';
import type { MemberRecord } from '../core/member-table';
import type { LamportClock } from './lamport-clock';
import type { JoinIntent, LeaveIntent } from './serf-messages';
import { decodeTags, type Tags } from './tags-codec';

/** Intents about members we do not know yet; beyond it the oldest go. */
const RECENT_INTENTS_MAX = 8192;

interface Entry {
  record: MemberRecord;
  tags: Tags;
  status: MemberStatus;
  /** Lamport time of the last word about status; decides between intents that overtake each other. */
  statusLtime: number;
  leftAtMs: number;
}

interface RecentIntent {
  readonly kind: 'join' | 'leave';
  readonly ltime: number;
  readonly atMs: number;
}

export type MemberChange = {
  readonly kind: 'join' | 'leave' | 'failed' | 'update' | 'reap';
  readonly member: Member;
};

/**
 * Members as users see them: serf adds *why* a member is gone to SWIM's *that* it is gone. A member that announced its
 * leave (an intent with a Lamport time) becomes `left` when it goes silent, any other becomes `failed`.
 */
export class MemberBook {
  private readonly entries = new Map<string, Entry>();
  private readonly intents = new Map<string, RecentIntent>();

  constructor(
    private readonly clock: LamportClock,
    private readonly changed: (change: MemberChange) => void,
  ) {}

  get size(): number {
    return this.entries.size;
  }

  get(name: string): Member | undefined {
    const entry = this.entries.get(name);
    return entry && toMember(entry);
  }

  all(): Member[] {
    return [...this.entries.values()].map(toMember);
  }

  names(status: MemberStatus): string[] {
    return [...this.entries.values()].filter((entry) => entry.status === status).map(({ record }) => record.name);
  }

  statusLtimes(): Map<string, number> {
    return new Map([...this.entries].map(([name, { statusLtime }]) => [name, statusLtime]));
  }

  joined(record: MemberRecord): void {
    const known = this.entries.get(record.name);
    const entry = known ?? this.newcomer(record);
    Object.assign(entry, { record, tags: decodeTags(record.meta) });
    if (known) Object.assign(entry, { status: 'alive', leftAtMs: 0 });
    this.entries.set(record.name, entry);
    this.changed({ kind: 'join', member: toMember(entry) });
  }

  updated(record: MemberRecord): void {
    const entry = this.entries.get(record.name);
    if (!entry) return;
    Object.assign(entry, { record, tags: decodeTags(record.meta) });
    this.changed({ kind: 'update', member: toMember(entry) });
  }

  departed(record: MemberRecord, nowMs: number): void {
    const entry = this.entries.get(record.name);
    if (entry?.status !== 'leaving' && entry?.status !== 'alive') return;
    // SWIM says `left` when the member itself said so, even if its intent did not reach us.
    const hasLeft = entry.status === 'leaving' || record.state === 'left';
    Object.assign(entry, { record, status: hasLeft ? 'left' : 'failed', leftAtMs: nowMs });
    this.changed({ kind: hasLeft ? 'leave' : 'failed', member: toMember(entry) });
  }

  /** True when the intent is news and should be passed on. */
  joinIntent({ node, ltime }: JoinIntent, nowMs: number): boolean {
    this.clock.witness(ltime);
    const entry = this.entries.get(node);
    if (!entry) return this.remember(node, { kind: 'join', ltime, atMs: nowMs });
    if (ltime <= entry.statusLtime) return false;
    entry.statusLtime = ltime;
    if (entry.status === 'leaving') entry.status = 'alive';
    return true;
  }

  /** As {@link joinIntent}; `prune` is left to the caller. */
  leaveIntent({ node, ltime }: LeaveIntent, nowMs: number): boolean {
    this.clock.witness(ltime);
    const entry = this.entries.get(node);
    if (!entry) return this.remember(node, { kind: 'leave', ltime, atMs: nowMs });
    if (ltime <= entry.statusLtime) return false;
    entry.statusLtime = ltime;
    if (entry.status === 'alive') entry.status = 'leaving';
    if (entry.status === 'failed') {
      entry.status = 'left';
      this.changed({ kind: 'leave', member: toMember(entry) });
    }
    return true;
  }

  statusLtime(name: string): number {
    return this.entries.get(name)?.statusLtime ?? 0;
  }

  /** Forgets a member at once. */
  erase(name: string): void {
    const entry = this.entries.get(name);
    if (!entry) return;
    this.entries.delete(name);
    this.changed({ kind: 'reap', member: toMember(entry) });
  }

  reap(nowMs: number, timeouts: { failedMs: number; leftMs: number; intentMs: number }): void {
    for (const [name, { status, leftAtMs }] of this.entries) {
      const timeoutMs = status === 'failed' ? timeouts.failedMs : status === 'left' ? timeouts.leftMs : Infinity;
      if (nowMs - leftAtMs > timeoutMs) this.erase(name);
    }
    for (const [name, { atMs }] of this.intents) if (nowMs - atMs > timeouts.intentMs) this.intents.delete(name);
  }

  // An intent may overtake the news that the member exists.
  private newcomer(record: MemberRecord): Entry {
    const intent = this.intents.get(record.name);
    const status = intent?.kind === 'leave' ? 'leaving' : 'alive';
    return { record, tags: {}, status, statusLtime: intent?.ltime ?? 0, leftAtMs: 0 };
  }

  private remember(node: string, intent: RecentIntent): boolean {
    const known = this.intents.get(node);
    if (known && intent.ltime <= known.ltime) return false;
    this.intents.delete(node);
    this.intents.set(node, intent);
    if (this.intents.size > RECENT_INTENTS_MAX) this.intents.delete(this.intents.keys().next().value!);
    return true;
  }
}

function toMember({ record, tags, status }: Entry): Member {
  const [protocolMin = 0, protocolMax = 0, protocolCurrent = 0, delegateMin = 0, delegateMax = 0, delegateCurrent = 0] =
    record.versions;
  return {
    name: record.name,
    address: record.host,
    port: record.port,
    tags,
    status,
    protocolMin,
    protocolMax,
    protocolCurrent,
    delegateMin,
    delegateMax,
    delegateCurrent,
  };
}
