import type {
  Coordinate,
  KeyringResponse,
  MemberQueryOutcome,
  MembershipEvent,
  Pool,
  QueryEvent,
  ReceivedQuery,
  UserEvent,
} from '../api/membership';
import type { Member, MemberStatus } from '../model/member';
import { WireError } from './state-wire';

/** `membership.v1` messages as proto-loader presents them, and their conversion. Total: what is unknown is an error. */

type WirePool = 'POOL_UNSPECIFIED' | 'POOL_LAN' | 'POOL_WAN';
export type WireMember = Omit<Member, 'status'> & { readonly status: string };
export type WireUserEvent = Omit<UserEvent, 'ltime'> & { readonly ltime: string | number };

export interface WireWatchEvent {
  readonly event?: 'snapshot' | 'change' | 'userEvent';
  readonly snapshot?: { readonly pool: string; readonly members: readonly WireMember[] } | null;
  readonly change?: { readonly kind: string; readonly pool: string; readonly member: WireMember } | null;
  readonly userEvent?: WireUserEvent | null;
}

export interface WireFireEventResponse {
  readonly outcome?: 'event' | 'refused';
  readonly event?: WireUserEvent | null;
  readonly refused?: string;
}

export interface WireQueryOutcome {
  readonly answers?: {
    readonly acks: readonly string[];
    readonly responses: Readonly<Record<string, Uint8Array>>;
  } | null;
  readonly refused?: string;
}

export function queryOutcomeToWire(outcome: MemberQueryOutcome): WireQueryOutcome {
  if (!outcome.ok) return { refused: outcome.reason };
  return { answers: { acks: outcome.acks, responses: Object.fromEntries(outcome.responses) } };
}

export function queryOutcomeFromWire({ answers, refused }: WireQueryOutcome): MemberQueryOutcome {
  if (!answers) return { ok: false, reason: refused ?? '' };
  return { ok: true, acks: answers.acks, responses: new Map(Object.entries(answers.responses)) };
}

export interface WireQueryEvent {
  readonly query?: (Omit<ReceivedQuery, 'pool' | 'ltime'> & { pool: string; ltime: string | number }) | null;
}

export const queryEventToWire = (event: QueryEvent): WireQueryEvent =>
  event.kind === 'listening' ? {} : { query: { ...event.query, pool: poolToWire(event.query.pool) } };

export function queryEventFromWire({ query }: WireQueryEvent): QueryEvent {
  if (!query) return { kind: 'listening' };
  const { pool, ltime, ...rest } = query;
  return { kind: 'query', query: { ...rest, pool: poolFromWire(pool), ltime: ltimeFromWire(ltime) } };
}

export interface WireKeyringRequest {
  readonly operation: string;
  readonly key: string;
  readonly relayFactor: number;
}

export type WireKeyringPool = Omit<KeyringResponse, 'pool' | 'error'> & {
  readonly pool: string;
  readonly error: string;
};

const POOLS: Readonly<Record<Pool, WirePool>> = { lan: 'POOL_LAN', wan: 'POOL_WAN' };
const STATUSES: readonly MemberStatus[] = ['none', 'alive', 'leaving', 'left', 'failed'];
const CHANGES = ['join', 'leave', 'failed', 'update', 'reap'] as const;
const OPERATIONS = ['list', 'install', 'use', 'remove'] as const;
export type KeyringOperation = (typeof OPERATIONS)[number];

export const poolToWire = (pool: Pool): WirePool => POOLS[pool];

export function poolFromWire(pool: string): Pool {
  if (pool === 'POOL_LAN') return 'lan';
  if (pool === 'POOL_WAN') return 'wan';
  throw invalid('pool', pool);
}

export const memberToWire = (member: Member): WireMember => ({
  ...member,
  status: `MEMBER_STATUS_${member.status.toUpperCase()}`,
});

export function memberFromWire(member: WireMember | null | undefined): Member {
  if (!member) throw invalid('member', member);
  return { ...member, tags: { ...member.tags }, status: named('MEMBER_STATUS_', STATUSES, member.status) };
}

export const userEventToWire = (event: UserEvent): WireUserEvent => event;

export function userEventFromWire(event: WireUserEvent | null | undefined): UserEvent {
  if (!event) throw invalid('event', event);
  return { ...event, ltime: ltimeFromWire(event.ltime) };
}

function ltimeFromWire(value: string | number): number {
  const ltime = Number(value);
  if (!Number.isSafeInteger(ltime)) throw invalid('ltime', value);
  return ltime;
}

export function watchEventToWire(event: MembershipEvent): WireWatchEvent {
  switch (event.kind) {
    case 'snapshot':
      return { snapshot: { pool: poolToWire(event.pool), members: event.members.map(memberToWire) } };
    case 'userEvent':
      return { userEvent: userEventToWire(event.event) };
    default: {
      const kind = `CHANGE_KIND_${event.kind.toUpperCase()}`;
      return { change: { kind, pool: poolToWire(event.pool), member: memberToWire(event.member) } };
    }
  }
}

export function watchEventFromWire(wire: WireWatchEvent): MembershipEvent {
  if (wire.snapshot) {
    const { pool, members } = wire.snapshot;
    return { kind: 'snapshot', pool: poolFromWire(pool), members: members.map(memberFromWire) };
  }
  if (wire.change) {
    const { kind, pool, member } = wire.change;
    return { kind: named('CHANGE_KIND_', CHANGES, kind), pool: poolFromWire(pool), member: memberFromWire(member) };
  }
  return { kind: 'userEvent', event: userEventFromWire(wire.userEvent) };
}

export const operationToWire = (operation: KeyringOperation): string => `KEYRING_OPERATION_${operation.toUpperCase()}`;
export const operationFromWire = (operation: string): KeyringOperation =>
  named('KEYRING_OPERATION_', OPERATIONS, operation);

export const keyringToWire = (response: KeyringResponse): WireKeyringPool => ({
  ...response,
  pool: poolToWire(response.pool),
  error: response.error ?? '',
});

export function keyringFromWire({ error, pool, ...counts }: WireKeyringPool): KeyringResponse {
  return { ...counts, pool: poolFromWire(pool), ...(error === '' ? {} : { error }) };
}

export const coordinateFromWire = (coordinate: Coordinate | null | undefined): Coordinate | undefined =>
  coordinate ? { ...coordinate, vec: [...coordinate.vec] } : undefined;

function named<T extends string>(prefix: string, names: readonly T[], value: string): T {
  const found = names.find((name) => `${prefix}${name.toUpperCase()}` === value);
  if (found === undefined) throw invalid(prefix.toLowerCase().slice(0, -1), value);
  return found;
}

const invalid = (field: string, value: unknown): Error =>
  new WireError({ code: 'WIRE_INVALID', field }, `${field} is ${String(value)}, which is unknown`);
