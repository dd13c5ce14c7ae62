import { crc32 } from 'node:zlib';
import { CodedError } from '@tribune/platform';
import type {
  FeedEvent,
  FeedRequest,
  FenceResult,
  LeaderStatus,
  OperatorResult,
  ProposeResult,
  RaftConfigurationInfo,
  RaftServerHealth,
  RaftServerInfo,
  Topic,
} from '../api/state';

/** A message that does not say what its contract demands. */
export class WireError extends CodedError<{ code: 'WIRE_INVALID'; field: string }> {}

const invalid = (field: string, problem: string): WireError =>
  new WireError({ code: 'WIRE_INVALID', field }, `${field} ${problem}`);

/** 64-bit integers travel as decimal text; indexes and revisions are safe integers on both sides. */
export function indexFromWire(text: string, field: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw invalid(field, `is ${text}, not an index`);
  return value;
}

// Shapes as proto-loader gives and takes them (camelCase, 64-bit as text, oneof case under its name).
export interface WireProposal {
  id: string | number;
  command: Uint8Array;
}
export interface WireProposeBatch {
  proposals: readonly WireProposal[];
}
export interface WireProposeResult {
  id: string | number;
  applied?: { revision: string | number; outcome: Uint8Array };
  noLeader?: object;
  refused?: { reason: string; retryable: boolean };
  unknown?: { reason: string };
}
export interface WireProposeResults {
  results: readonly WireProposeResult[];
  closing?: boolean;
}
export interface WireFence {
  confirmed: boolean;
  revision: string | number;
}
export interface WireTopic {
  all?: object;
  catalog?: object;
  node?: string;
  service?: string;
  kvPrefix?: string;
  sessions?: object;
}
export interface WireFeedRequest {
  subscribe?: { id: number; topic: WireTopic | null; fromRevision: string | number };
  unsubscribe?: { id: number };
  awaitRevision?: { revision: string | number };
}
export interface WireFeedEvent {
  snapshot?: {
    id: number;
    revision: string | number;
    rows: Uint8Array;
    first: boolean;
    last: boolean;
    checksum?: number;
  };
  deltas?: { id: number; revision: string | number; rows: Uint8Array };
  progress?: { revision: string | number };
}
export interface WireStatus extends Omit<LeaderStatus, 'term' | 'commitIndex' | 'appliedIndex'> {
  term: string | number;
  commitIndex: string | number;
  appliedIndex: string | number;
}
export interface WireServerHealth extends Omit<RaftServerHealth, 'lastIndex' | 'lastTerm'> {
  lastIndex: string | number;
  lastTerm: string | number;
}
export interface WireConfiguration {
  servers: readonly (Omit<RaftServerInfo, 'health'> & { readonly health?: WireServerHealth | null })[];
  index: string | number;
}
export interface WireOperatorResult {
  ok: boolean;
  reason: string;
  notFound: boolean;
}
export interface WireStats {
  groups: Record<string, { values: Record<string, string> }>;
}
export interface WireRenewal {
  result: keyof typeof RENEWALS;
}

export function proposeResultToWire(id: number | string, result: ProposeResult): WireProposeResult {
  switch (result.kind) {
    case 'applied':
      return { id, applied: { revision: result.revision, outcome: result.outcome } };
    case 'noLeader':
      return { id, noLeader: {} };
    case 'refused':
      return { id, refused: { reason: result.reason, retryable: result.retryable } };
    case 'unknown':
      return { id, unknown: { reason: result.reason } };
  }
}

export function proposeResultFromWire(wire: WireProposeResult): ProposeResult {
  if (wire.applied) {
    const revision = indexFromWire(String(wire.applied.revision), 'applied.revision');
    return { kind: 'applied', revision, outcome: wire.applied.outcome };
  }
  if (wire.noLeader) return { kind: 'noLeader' };
  if (wire.refused) return { kind: 'refused', reason: wire.refused.reason, retryable: wire.refused.retryable };
  // A result of a newer server that this one does not know says nothing about the command.
  return { kind: 'unknown', reason: wire.unknown?.reason ?? 'the server gave a result that is not known here' };
}

export function fenceToWire(result: FenceResult): WireFence {
  return result.kind === 'confirmed'
    ? { confirmed: true, revision: result.revision }
    : { confirmed: false, revision: 0 };
}

export function fenceFromWire(wire: WireFence): FenceResult {
  if (!wire.confirmed) return { kind: 'noLeader' };
  return { kind: 'confirmed', revision: indexFromWire(String(wire.revision), 'revision') };
}

export function topicToWire(topic: Topic): WireTopic {
  switch (topic.kind) {
    case 'all':
      return { all: {} };
    case 'catalog':
      return { catalog: {} };
    case 'sessions':
      return { sessions: {} };
    case 'node':
      return { node: topic.node };
    case 'service':
      return { service: topic.service };
    case 'kvPrefix':
      return { kvPrefix: topic.prefix };
  }
}

export function topicFromWire(wire: WireTopic | null): Topic {
  if (wire?.all) return { kind: 'all' };
  if (wire?.catalog) return { kind: 'catalog' };
  if (wire?.sessions) return { kind: 'sessions' };
  if (wire?.node !== undefined) return { kind: 'node', node: wire.node };
  if (wire?.service !== undefined) return { kind: 'service', service: wire.service };
  if (wire?.kvPrefix !== undefined) return { kind: 'kvPrefix', prefix: wire.kvPrefix };
  throw invalid('subscribe.topic', 'is missing or of an unknown kind');
}

export function feedRequestToWire(request: FeedRequest): WireFeedRequest {
  if (request.kind === 'unsubscribe') return { unsubscribe: { id: request.id } };
  if (request.kind === 'await') return { awaitRevision: { revision: request.revision } };
  return { subscribe: { id: request.id, topic: topicToWire(request.topic), fromRevision: request.fromRevision } };
}

export function feedRequestFromWire(wire: WireFeedRequest): FeedRequest {
  if (wire.unsubscribe) return { kind: 'unsubscribe', id: wire.unsubscribe.id };
  if (wire.awaitRevision) {
    return { kind: 'await', revision: indexFromWire(String(wire.awaitRevision.revision), 'await_revision.revision') };
  }
  if (!wire.subscribe) throw invalid('request', 'is of an unknown kind');
  const { id, topic, fromRevision } = wire.subscribe;
  const from = indexFromWire(String(fromRevision), 'subscribe.from_revision');
  return { kind: 'subscribe', id, topic: topicFromWire(topic), fromRevision: from };
}

export function feedEventToWire(event: FeedEvent): WireFeedEvent {
  switch (event.kind) {
    case 'snapshot':
      return { snapshot: { ...event, checksum: snapshotChecksum(event) } };
    case 'deltas':
      return { deltas: event };
    case 'progress':
      return { progress: event };
  }
}

export function feedEventFromWire(wire: WireFeedEvent): FeedEvent {
  if (wire.deltas) {
    const { id, rows } = wire.deltas;
    return { kind: 'deltas', id, rows, revision: indexFromWire(String(wire.deltas.revision), 'deltas.revision') };
  }
  if (wire.progress) {
    return { kind: 'progress', revision: indexFromWire(String(wire.progress.revision), 'progress.revision') };
  }
  if (!wire.snapshot) throw invalid('event', 'is of an unknown kind');
  const { id, rows, first, last, checksum } = wire.snapshot;
  if (checksum !== undefined && checksum !== snapshotChecksum(wire.snapshot))
    throw invalid('snapshot.rows', 'were damaged on their way');
  const revision = indexFromWire(String(wire.snapshot.revision), 'snapshot.revision');
  return { kind: 'snapshot', id, rows, first, last, revision };
}

/** TCP's own sum misses one damaged segment in 65,536, and not every link has another one. */
function snapshotChecksum({ rows, first, last }: { rows: Uint8Array; first: boolean; last: boolean }): number {
  return crc32(rows, crc32(Uint8Array.of(Number(first) + 2 * Number(last))));
}

export const statusToWire = (status: LeaderStatus): WireStatus => ({
  ...status,
  lastContactMs: Number.isFinite(status.lastContactMs) ? status.lastContactMs : -1,
});

export const statusFromWire = (wire: WireStatus): LeaderStatus => ({
  ...wire,
  term: indexFromWire(String(wire.term), 'term'),
  commitIndex: indexFromWire(String(wire.commitIndex), 'commit_index'),
  appliedIndex: indexFromWire(String(wire.appliedIndex), 'applied_index'),
  lastContactMs: wire.lastContactMs < 0 ? Infinity : wire.lastContactMs,
});

export const configurationFromWire = (wire: WireConfiguration): RaftConfigurationInfo => ({
  servers: wire.servers.map(({ health, ...server }) =>
    health ? { ...server, health: healthFromWire(health) } : server,
  ),
  index: indexFromWire(String(wire.index), 'index'),
});

const healthFromWire = (wire: WireServerHealth): RaftServerHealth => ({
  ...wire,
  lastIndex: indexFromWire(String(wire.lastIndex), 'last_index'),
  lastTerm: indexFromWire(String(wire.lastTerm), 'last_term'),
});

export const operatorResultToWire = (result: OperatorResult): WireOperatorResult =>
  result.ok
    ? { ok: true, reason: '', notFound: false }
    : { ok: false, reason: result.reason, notFound: result.notFound ?? false };

export function operatorResultFromWire(wire: WireOperatorResult): OperatorResult {
  if (wire.ok) return { ok: true };
  return wire.notFound ? { ok: false, reason: wire.reason, notFound: true } : { ok: false, reason: wire.reason };
}

export type StatsGroups = Readonly<Record<string, Readonly<Record<string, string>>>>;

export const statsToWire = (stats: StatsGroups): WireStats => ({
  groups: Object.fromEntries(Object.entries(stats).map(([group, values]) => [group, { values }])),
});

export const statsFromWire = (wire: WireStats): StatsGroups =>
  Object.fromEntries(Object.entries(wire.groups).map(([group, { values }]) => [group, values]));

const RENEWALS = { RENEWED: 'renewed', UNKNOWN_SESSION: 'unknown', NO_LEADER: 'noLeader' } as const;
export type Renewal = (typeof RENEWALS)[keyof typeof RENEWALS];

export const renewalFromWire = (wire: WireRenewal): Renewal => RENEWALS[wire.result];
export const renewalToWire = (renewal: Renewal): WireRenewal => ({
  result: renewal === 'renewed' ? 'RENEWED' : renewal === 'unknown' ? 'UNKNOWN_SESSION' : 'NO_LEADER',
});
