import { join } from 'node:path';
import { sleep } from '@tribune/platform';
import { connectState, type LeaderStatus } from '@tribune/protocol';
import { decodeOutcome, encodeCommand, HASH_FORMAT, type Command } from '@tribune/state-store';
import { autopilotDefaults, autopilotSettings, type AutopilotSettings } from '../leader-duties/autopilot-settings';
import { AuditState } from '../leader-duties/audit-state';
import { CleanUpDeadServers } from '../leader-duties/clean-up-dead-servers';
import { DropStalledRestore } from '../leader-duties/drop-stalled-restore';
import { LeaderDuties, type DutyCollaborators, type DutyProposal } from '../leader-duties/duty';
import { ExpireLockDelays } from '../leader-duties/expire-lock-delays';
import { ExpireSessions } from '../leader-duties/expire-sessions';
import { MaintainPeers } from '../leader-duties/maintain-peers';
import { ReapTombstones } from '../leader-duties/reap-tombstones';
import { SeedAutopilot } from '../leader-duties/seed-autopilot';
import { ServerHealthRecord } from '../leader-duties/server-health';
import { ReconcileMembers } from '../leader-duties/reconcile-members';
import type { NodeEvent } from '../node/outcomes';
import { RaftNode } from '../node/raft-node';
import { BallastFile } from '../storage/ballast';
import { FileSnapshotStore } from '../storage/file-snapshot-store';
import { LevelLogStore } from '../storage/level-log-store';
import type { GrpcPeerTransport } from '../transport/grpc-peer-transport';
import { ExpectBootstrap } from './bootstrap';
import type { LanMembers } from './lan-members';
import { LeaderRouter } from './leader-router';
import type { ServerMetrics } from './metrics';
import type { RaftServerOptions } from './options';
import { Proposer } from './proposer';
import type { RaftServerCollaborators } from './raft-server';
import { refuseQuarantined } from './quarantine';
import { ReadFence } from './read-fence';
import { recoverQuorum } from './recover-quorum';
import type { ReplicatedState } from './replicated-state';

/** What exists before the server RPC port is bound. */
export interface Foundations {
  readonly options: RaftServerOptions;
  readonly collaborators: RaftServerCollaborators;
  readonly replicated: ReplicatedState;
  readonly members: LanMembers;
  readonly transport: GrpcPeerTransport;
  readonly metrics: ServerMetrics;
  readonly dataDir: string;
  /** Where other servers reach this one. */
  readonly address: string;
}

/** Everything that needs to know the port. */
export interface ServerCore {
  readonly node: RaftNode;
  readonly router: LeaderRouter;
  readonly proposer: Proposer;
  readonly fence: ReadFence;
  readonly sessions: ExpireSessions;
  /** What this server knows of the others while it leads. */
  readonly health: ServerHealthRecord;
  /** Other tables took the place of the old ones. */
  stateReplaced(): void;
  start(): Promise<void>;
  /** Takes no more work, and gives the lead away if it has it. */
  retire(): Promise<void>;
  stop(): Promise<void>;
}

/** A successor that was slow to take over is asked again, or another one; this long. */
const HANDOVER_MS = 1_500;
const HANDOVER_RETRY_MS = 20;

/** The wiring of a server, from the disk up. */
export function serverCore(foundations: Foundations): ServerCore {
  const { options, collaborators, members, metrics, address } = foundations;
  const { clock, random, logger } = collaborators;

  const node = raftNode(foundations);
  const addressOf = (id: string): string | undefined => members.serverById(id)?.rpcAddress;
  const router = new LeaderRouter(
    { source: node, addressOf, clock, random, logger: logger.child('forward') },
    options.rpcHoldMs,
  );
  const proposer = new Proposer(node, router, { clock, metrics });
  let alone = false;
  const fence = new ReadFence(node, router, () => alone, metrics);
  const { sessions, health, duties } = leaderDuties(foundations, node, proposer);
  const bootstrap = new ExpectBootstrap(
    { id: options.id, expect: options.bootstrapExpect },
    {
      target: node,
      members,
      statusOf: (peer) => statusOf(peer, collaborators),
      clock,
      logger: logger.child('bootstrap'),
    },
  );

  let stopping = false;
  const observe = (event: NodeEvent): void => {
    if (stopping) return;
    const { role, peers } = node.status();
    alone = role === 'leader' && peers.length === 1;
    if (event.kind === 'leadershipEstablished') duties.begin();
    if (event.kind === 'leadershipLost' || event.kind === 'failed') duties.end();
    if (event.kind === 'failed') collaborators.onFatal?.(event.error);
  };

  const { audit } = foundations.replicated;
  audit.onHashed = (hashes) => {
    // A report that is lost is made up for by the next round.
    const report = { ...hashes, server: options.id, format: HASH_FORMAT };
    if (stopping || node.status().peers.length === 1) return;
    proposer.propose(encodeCommand({ type: 'audit', report })).catch(() => undefined);
  };

  return {
    node,
    router,
    proposer,
    fence,
    sessions,
    health,
    stateReplaced: () => duties.beginAnew(),
    async start() {
      node.on(observe);
      await refuseQuarantined(foundations.dataDir);
      // On stores of its own, which it closes: the node opens the same folders afterwards.
      await recoverQuorum({ id: options.id, dataDir: foundations.dataDir, ...storesOf(foundations), logger });
      await node.start();
      if (node.status().hasConfiguration) return;
      // Expecting one server is the same as founding alone.
      if (options.bootstrap || options.bootstrapExpect === 1) await node.bootstrap([{ id: options.id, address }]);
      else if (options.bootstrapExpect > 0) bootstrap.start();
    },
    async retire() {
      stopping = true;
      bootstrap.stop();
      proposer.close();
      duties.end();
      // The others need not find out by themselves. A failed attempt only costs them an election.
      const untilMs = clock.monotonicMs() + HANDOVER_MS;
      while (router.isLeader && !alone && clock.monotonicMs() < untilMs) {
        const outcome = await router.handOver(() => node.transferLeadership());
        // A node that failed leads nobody any more, although it never said so.
        if (outcome.kind === 'notLeader') return;
        if (outcome.kind === 'refused') await sleep(clock, HANDOVER_RETRY_MS);
      }
    },
    async stop() {
      router.stop();
      await node.stop();
    },
  };
}

function storesOf({ options, dataDir, collaborators: { logger } }: Foundations) {
  return {
    logStore: new LevelLogStore({ directory: join(dataDir, 'log'), serverId: options.id }),
    snapshotStore: new FileSnapshotStore(join(dataDir, 'snapshots'), logger.child('snapshot')),
  };
}

/** Room for LevelDB's buffers, a manifest and the head, and to spare. */
const BALLAST_BYTES = 16 * 1024 * 1024;

function raftNode(foundations: Foundations): RaftNode {
  const { options, collaborators, replicated, transport, address } = foundations;
  const { clock, random, logger, metrics } = collaborators;
  // Who does not mind a full disk needs no reserve either.
  const keepsReserve = options.raft?.freeBytesMin !== 0;
  return new RaftNode(
    { ...options.raft, id: options.id, address, multiplier: options.raftMultiplier ?? 1 },
    {
      ...storesOf(foundations),
      ballast: keepsReserve ? new BallastFile(join(foundations.dataDir, 'ballast'), BALLAST_BYTES) : undefined,
      transport,
      stateMachine: replicated,
      clock,
      random,
      logger,
      metrics,
    },
  );
}

function leaderDuties(
  { options, collaborators, replicated, members }: Foundations,
  node: RaftNode,
  proposer: Proposer,
): { readonly sessions: ExpireSessions; readonly health: ServerHealthRecord; readonly duties: LeaderDuties } {
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
    new AuditState(replicated.audit, duty, options.auditMs),
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

async function statusOf(address: string, { clock, random, logger }: RaftServerCollaborators): Promise<LeaderStatus> {
  const peer = connectState({ servers: () => [address], holdMs: 0, forwarded: true, clock, random, logger });
  try {
    return await peer.status();
  } finally {
    peer.close();
  }
}
