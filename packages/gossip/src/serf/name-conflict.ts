import type { Member, MemberStatus } from '@tribune/protocol';
import type { Endpoint } from '../core/messages';
import { addressBytes, addressText } from '../transport/codec/address';
import { Fields, UINT16_MAX } from '../transport/codec/fields';
import { MsgpackWriter } from '../transport/codec/msgpack-writer';
import { SerfType } from './serf-codec';

/** Two agents claim one name: everybody is asked which of them they know, and the minority gives up. */
export const CONFLICT_QUERY = '_serf_conflict';

const STATUSES: readonly MemberStatus[] = ['none', 'alive', 'leaving', 'left', 'failed'];

/** serf's Member struct, or nil when the name is unknown. */
export function encodeConflictAnswer(member: Member | undefined): Buffer {
  const out = new MsgpackWriter().byte(SerfType.conflictResponse);
  if (!member) return out.nil().finish();
  const tags = Object.entries(member.tags);
  out.map(11).raw('Name').raw(member.name).raw('Addr').raw(addressBytes(member.address));
  out.raw('Port').integer(member.port).raw('Tags').map(tags.length);
  for (const [name, value] of tags) out.raw(name).raw(value);
  out.raw('Status').integer(STATUSES.indexOf(member.status));
  out.raw('ProtocolMin').integer(member.protocolMin).raw('ProtocolMax').integer(member.protocolMax);
  out.raw('ProtocolCur').integer(member.protocolCurrent).raw('DelegateMin').integer(member.delegateMin);
  return out.raw('DelegateMax').integer(member.delegateMax).raw('DelegateCur').integer(member.delegateCurrent).finish();
}

/** Where the answering member believes the name to be; undefined when it cannot be read. */
export function decodeConflictAnswer(payload: Uint8Array): Endpoint | undefined {
  const bytes = Buffer.from(payload);
  if (bytes[0] !== SerfType.conflictResponse) return undefined;
  try {
    const fields = Fields.parse(bytes, 1);
    return { host: addressText(fields.bytes('Addr')), port: fields.unsigned('Port', UINT16_MAX) };
  } catch {
    return undefined;
  }
}

/** Collects votes; we stay when a majority of the answers names our address. */
export class ConflictVote {
  private answers = 0;
  private ours = 0;

  constructor(private readonly self: Endpoint) {}

  add(believed: Endpoint): void {
    this.answers += 1;
    if (believed.host === this.self.host && believed.port === this.self.port) this.ours += 1;
  }

  get isWon(): boolean {
    // Nobody answered: nobody objects.
    return this.answers === 0 || this.ours >= Math.floor(this.answers / 2) + 1;
  }
}
