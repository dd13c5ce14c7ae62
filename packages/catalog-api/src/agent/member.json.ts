import type { Member, MemberStatus } from '@tribune/protocol';
import { sortedMap } from '../json/go-json';

/** serf's numbers. */
const STATUS: Readonly<Record<MemberStatus, number>> = { none: 0, alive: 1, leaving: 2, left: 3, failed: 4 };

export function memberJson(member: Member): Record<string, unknown> {
  return {
    Name: member.name,
    Addr: member.address,
    Port: member.port,
    Tags: sortedMap(member.tags),
    Status: STATUS[member.status],
    ProtocolMin: member.protocolMin,
    ProtocolMax: member.protocolMax,
    ProtocolCur: member.protocolCurrent,
    DelegateMin: member.delegateMin,
    DelegateMax: member.delegateMax,
    DelegateCur: member.delegateCurrent,
  };
}
