import type { Member, MembershipApi, MembershipEvent } from '@tribune/protocol';

type Follower = (event: MembershipEvent) => void;

/** A LAN pool without a network: every fake that shares it sees the same members at once. */
export class FakePool {
  private readonly members = new Map<string, Member>();
  private readonly followers = new Set<Follower>();

  /** Adds a member or changes it; tells everybody. */
  set(member: Member): void {
    const kind = member.status === 'failed' ? 'failed' : member.status === 'left' ? 'leave' : 'join';
    this.members.set(member.name, member);
    this.tell({ kind, pool: 'lan', member });
  }

  setStatus(name: string, status: Member['status']): void {
    const member = this.members.get(name);
    if (member) this.set({ ...member, status });
  }

  /** Forgets a member, as gossip does days after it failed. */
  reap(name: string): void {
    const member = this.members.get(name);
    if (member && this.members.delete(name)) this.tell({ kind: 'reap', pool: 'lan', member });
  }

  all(): readonly Member[] {
    return [...this.members.values()];
  }

  follow(follower: Follower): () => void {
    this.followers.add(follower);
    return () => void this.followers.delete(follower);
  }

  private tell(event: MembershipEvent): void {
    for (const follower of this.followers) follower(event);
  }
}

/** A member with everything that a test does not care about. */
export function member(name: string, given: Partial<Member> = {}): Member {
  return {
    name,
    address: '127.0.0.1',
    port: 8301,
    tags: {},
    status: 'alive',
    protocolMin: 1,
    protocolMax: 5,
    protocolCurrent: 2,
    delegateMin: 2,
    delegateMax: 5,
    delegateCurrent: 4,
    ...given,
  };
}

export interface ServerMemberFields {
  readonly name: string;
  readonly id: string;
  readonly rpcPort: number;
  readonly expect?: number;
}

/** A member with the tags of a server of `dc1`. */
export function serverMember({ name, id, rpcPort, expect }: ServerMemberFields): Member {
  const tags = { role: 'consul', dc: 'dc1', id, port: String(rpcPort), raft_vsn: '3', build: '1.8.7:0' };
  return member(name, { tags: expect ? { ...tags, expect: String(expect) } : tags });
}

/** The part of `membership.v1` that raft-core uses, over a {@link FakePool}. */
export function fakeMembership(pool: FakePool, name: string): MembershipApi {
  const unused = (): never => {
    throw new Error('raft-core does not call this');
  };
  return {
    members: async () => pool.all(),
    localMember: async () => pool.all().find((each) => each.name === name) ?? unused(),
    watch: (signal: AbortSignal) => watch(pool, signal),
    join: unused,
    leave: unused,
    forceLeave: async (_pool: string, name: string) => pool.setStatus(name, 'left'),
    fireEvent: unused,
    events: unused,
    setTags: unused,
    coordinate: unused,
    keyring: unused,
    stats: unused,
  } as unknown as MembershipApi;
}

async function* watch(pool: FakePool, signal: AbortSignal): AsyncGenerator<MembershipEvent> {
  const queue: MembershipEvent[] = [{ kind: 'snapshot', pool: 'lan', members: pool.all() }];
  let wake = (): void => undefined;
  const unfollow = pool.follow((event) => {
    queue.push(event);
    wake();
  });
  signal.addEventListener('abort', () => wake(), { once: true });
  try {
    while (!signal.aborted) {
      const event = queue.shift();
      if (event) yield event;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    unfollow();
  }
}
