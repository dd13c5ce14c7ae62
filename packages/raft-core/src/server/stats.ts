import { formatGoDuration } from '@tribune/platform';
import type { NodeStatus } from '../node/outcomes';

const STATES = { follower: 'Follower', preCandidate: 'Candidate', candidate: 'Candidate', leader: 'Leader' } as const;

/** The groups `raft` and `consul` of `consul info`. Version numbers are those of the behaviour we implement. */
export function serverStats(status: NodeStatus): Readonly<Record<string, Readonly<Record<string, string>>>> {
  const { role, peers, lastContactMs } = status;
  const servers = peers.map(
    ({ id, address, suffrage }) =>
      `{Suffrage:${suffrage === 'voter' ? 'Voter' : 'Nonvoter'} ID:${id} Address:${address}}`,
  );
  const others = peers.filter(({ id, suffrage }) => suffrage === 'voter' && id !== status.id).length;
  return {
    consul: {
      acl: 'disabled',
      bootstrap: String(peers.length === 1),
      known_datacenters: '1',
      leader: String(role === 'leader'),
      leader_addr: status.leaderAddress ?? '',
      server: 'true',
    },
    raft: {
      applied_index: String(status.appliedIndex),
      commit_index: String(status.commitIndex),
      fsm_pending: String(Math.max(0, status.commitIndex - status.appliedIndex)),
      last_contact: Number.isFinite(lastContactMs)
        ? lastContactMs === 0
          ? '0'
          : formatGoDuration(Math.round(lastContactMs * 1e6))
        : 'never',
      last_log_index: String(status.lastIndex),
      last_log_term: String(status.lastTerm),
      last_snapshot_index: String(status.snapshotIndex),
      last_snapshot_term: String(status.snapshotTerm),
      latest_configuration: `[${servers.join(' ')}]`,
      latest_configuration_index: String(status.configurationIndex),
      num_peers: String(others),
      protocol_version: '3',
      protocol_version_max: '3',
      protocol_version_min: '0',
      snapshot_version_max: '1',
      snapshot_version_min: '0',
      state: STATES[role],
      term: String(status.term),
    },
  };
}
