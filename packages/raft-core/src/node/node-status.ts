import { isVoter, membersOf } from '../core/membership';
import type { Server, SnapshotMeta } from '../core/message';
import type { RaftStatus } from '../core/status';
import type { NodeStatus, PeerStatus } from './outcomes';

export interface StatusContext {
  readonly snapshot: SnapshotMeta | undefined;
  readonly failure: Error | undefined;
  readonly sinceLeaderMs: number;
  readonly tickMs: number;
}

export function nodeStatus(core: RaftStatus, context: StatusContext): NodeStatus {
  const members = membersOf(core.configuration);
  return {
    id: core.id,
    role: core.role,
    term: core.term,
    leaderId: core.leaderId,
    leaderAddress: members.find((server) => server.id === core.leaderId)?.address,
    commitIndex: core.commitIndex,
    appliedIndex: core.appliedIndex,
    firstIndex: core.base.index + 1,
    lastIndex: core.last.index,
    lastTerm: core.last.term,
    snapshotIndex: context.snapshot?.index ?? 0,
    snapshotTerm: context.snapshot?.term ?? 0,
    hasConfiguration: members.length > 0,
    configurationIndex: core.configurationIndex,
    configurationCommitted: core.configurationIndex <= core.commitIndex,
    peers: members.map((server) => peerStatus(server, core, context)),
    lastContactMs: context.sinceLeaderMs,
    recovering: core.distrustedUpTo !== undefined,
    failure: context.failure,
  };
}

function peerStatus(server: Server, core: RaftStatus, { tickMs }: StatusContext): PeerStatus {
  const suffrage = isVoter(core.configuration, server.id) ? 'voter' : 'learner';
  const follower = core.followers.get(server.id);
  if (core.role !== 'leader') return { ...server, suffrage };
  if (server.id === core.id) return { ...server, suffrage, matchIndex: core.stableIndex, lastContactMs: 0 };
  return {
    ...server,
    suffrage,
    matchIndex: follower?.matchIndex,
    lastContactMs: (follower?.silentTicks ?? 0) * tickMs,
  };
}
