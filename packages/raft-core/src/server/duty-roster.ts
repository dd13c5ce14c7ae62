import { decodeOutcome, encodeCommand, type Command } from '@tribune/state-store';
import { autopilotDefaults, autopilotSettings, type AutopilotSettings } from '../leader-duties/autopilot-settings';
import { AuditState } from '../leader-duties/audit-state';
import { CleanUpDeadServers } from '../leader-duties/clean-up-dead-servers';
import { DropStalledRestore } from '../leader-duties/drop-stalled-restore';
import { LeaderDuties, type DutyCollaborators, type DutyProposal } from '../leader-duties/duty';
import { ExpireLockDelays } from '../leader-duties/expire-lock-delays';
import { ExpireSessions } from '../leader-duties/expire-sessions';
import { MaintainPeers } from '../leader-duties/maintain-peers';
import { ReapTombstones } from '../leader-duties/reap-tombstones';
import { ReconcileMembers } from '../leader-duties/reconcile-members';
import { SeedAutopilot } from '../leader-duties/seed-autopilot';
import { ServerHealthRecord } from '../leader-duties/server-health';
import type { RaftNode } from '../node/raft-node';
import type { Foundations } from './foundations';
import type { Proposer } from './proposer';

export interface DutyRoster {
  readonly sessions: ExpireSessions;
  readonly health: ServerHealthRecord;
  readonly duties: LeaderDuties;
}

/** What this server does while it leads. */
export function dutyRoster(
  { options, collaborators, replicated, members }: Foundations,
  node: RaftNode,
  proposer: Proposer,
): DutyRoster {
  const duty: DutyCollaborators = {
    view: replicated.machine.view,
    clock: collaborators.clock,
    logger: collaborators.logger.child('leader'),
    propose: (command) => proposeDuty(proposer, command),
  };
  const { nodeName: name, datacenter, taggedAddresses = {}, nodeMeta: meta = {} } = options;
  const sessions = new ExpireSessions(duty);
  const configured = options.autopilot ?? autopilotDefaults;
  const settings = (): AutopilotSettings => autopilotSettings(duty.view.tables, configured);
  const health = new ServerHealthRecord(duty.clock, settings);
  const forceLeave = (name: string): Promise<unknown> => collaborators.membership.forceLeave('lan', name, false);
  const duties = [
    ...(options.autopilot ? [new SeedAutopilot(options.autopilot, duty)] : []),
    new ReconcileMembers({ datacenter, own: { name, taggedAddresses, meta } }, members, duty),
    new MaintainPeers(node, members, duty, health),
    new AuditState(duty, options.auditMs),
    new CleanUpDeadServers(node, members, settings, { ...duty, forceLeave }),
    sessions,
    new ExpireLockDelays(duty),
    new DropStalledRestore(replicated.machine, duty),
    new ReapTombstones(duty),
  ];
  return { sessions, health, duties: new LeaderDuties(duties, duty.logger) };
}

async function proposeDuty(proposer: Proposer, command: Command): Promise<DutyProposal> {
  const result = await proposer.proposeHere(encodeCommand(command));
  if (result.kind !== 'applied') return { kind: 'failed', reason: 'reason' in result ? result.reason : result.kind };
  const outcome = decodeOutcome(result.outcome);
  return outcome.kind === 'error' ? { kind: 'failed', reason: outcome.message } : { kind: 'applied' };
}
