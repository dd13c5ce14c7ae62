export type MemberStatus = 'none' | 'alive' | 'leaving' | 'left' | 'failed';

/** One agent as gossip sees it. Servers carry `role=consul` in their tags, clients `role=node`. */
export interface Member {
  readonly name: string;
  readonly address: string;
  /** Gossip port. */
  readonly port: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly status: MemberStatus;
  readonly protocolMin: number;
  readonly protocolMax: number;
  readonly protocolCurrent: number;
  readonly delegateMin: number;
  readonly delegateMax: number;
  readonly delegateCurrent: number;
}

/** What a server says of itself in its gossip tags. */
export interface ServerTags {
  readonly id: string;
  readonly datacenter: string;
  /** `address:port` of the server RPC listener (8300). */
  readonly rpcAddress: string;
  /** 0 when the server was not started with bootstrap_expect. */
  readonly bootstrapExpect: number;
  readonly bootstrap: boolean;
}

/** The server behind a member, or undefined for a client agent. */
export function serverOf(member: Member): ServerTags | undefined {
  const { tags } = member;
  if (tags.role !== 'consul' || !tags.port) return undefined;
  const host = member.address.includes(':') ? `[${member.address}]` : member.address;
  return {
    id: tags.id ?? '',
    datacenter: tags.dc ?? '',
    rpcAddress: `${host}:${tags.port}`,
    bootstrapExpect: Number(tags.expect ?? 0),
    bootstrap: tags.bootstrap === '1',
  };
}
