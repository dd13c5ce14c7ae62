import { sleep, type Clock, type Logger, type Startable } from '@tribune/platform';
import {
  serverOf,
  type Member,
  type MembershipApi,
  type MembershipEvent,
  type MemberStatus,
  type ServerTags,
} from '@tribune/protocol';

/** A server of this datacenter as gossip sees it. */
export interface GossipServer extends ServerTags {
  readonly name: string;
  readonly status: MemberStatus;
}

/** What happened to one member; `known` also stands for "it was there when the watch began". */
export interface MemberChange {
  readonly kind: 'known' | 'reaped';
  readonly member: Member;
}

const RETRY_MS = 250;

/** The LAN pool, followed: members by name, servers by id, and who wants to know. */
export class LanMembers implements Startable {
  private readonly byName = new Map<string, Member>();
  /** The few among thousands that are asked for with every request. */
  private readonly serversByName = new Map<string, GossipServer>();
  private readonly listeners = new Set<(change: MemberChange) => void>();
  private readonly abort = new AbortController();
  private watching: Promise<void> | undefined;
  private complete = false;

  constructor(
    private readonly datacenter: string,
    private readonly collaborators: {
      readonly membership: MembershipApi;
      readonly clock: Clock;
      readonly logger: Logger;
    },
  ) {}

  async start(): Promise<void> {
    this.watching ??= this.watch();
  }

  async stop(): Promise<void> {
    this.abort.abort();
    await this.watching;
  }

  /** False until the first snapshot: before that, absence means nothing. */
  get isComplete(): boolean {
    return this.complete;
  }

  all(): readonly Member[] {
    return [...this.byName.values()];
  }

  get(name: string): Member | undefined {
    return this.byName.get(name);
  }

  servers(): readonly GossipServer[] {
    return [...this.serversByName.values()];
  }

  /** The server behind a member of this datacenter. */
  server(member: Member): GossipServer | undefined {
    const tags = serverOf(member);
    if (!tags || tags.id === '' || tags.datacenter !== this.datacenter) return undefined;
    return { ...tags, name: member.name, status: member.status };
  }

  serverById(id: string): GossipServer | undefined {
    let found: GossipServer | undefined;
    for (const server of this.serversByName.values()) {
      if (server.id !== id) continue;
      if (server.status === 'alive') return server;
      found ??= server;
    }
    return found;
  }

  follow(listener: (change: MemberChange) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  private async watch(): Promise<void> {
    const { membership, clock, logger } = this.collaborators;
    const { signal } = this.abort;
    while (!signal.aborted) {
      try {
        for await (const event of membership.watch(signal)) this.observe(event);
      } catch (error) {
        if (!signal.aborted) logger.warn('membership cannot be followed, trying again', { error });
      }
      await sleep(clock, RETRY_MS, signal);
    }
  }

  private observe(event: MembershipEvent): void {
    if (event.kind === 'userEvent' || event.pool !== 'lan') return;
    if (event.kind === 'snapshot') return this.replaceAll(event.members);
    if (event.kind === 'reap') {
      this.forget(event.member.name);
      return this.tell({ kind: 'reaped', member: event.member });
    }
    this.keep(event.member);
    this.tell({ kind: 'known', member: event.member });
  }

  private replaceAll(members: readonly Member[]): void {
    this.complete = true;
    const names = new Set(members.map(({ name }) => name));
    for (const name of [...this.byName.keys()]) if (!names.has(name)) this.forget(name);
    for (const member of members) this.keep(member);
    for (const member of members) this.tell({ kind: 'known', member });
  }

  private keep(member: Member): void {
    this.byName.set(member.name, member);
    const server = this.server(member);
    if (server) this.serversByName.set(member.name, server);
    else this.serversByName.delete(member.name);
  }

  private forget(name: string): void {
    this.byName.delete(name);
    this.serversByName.delete(name);
  }

  private tell(change: MemberChange): void {
    for (const listener of this.listeners) listener(change);
  }
}
