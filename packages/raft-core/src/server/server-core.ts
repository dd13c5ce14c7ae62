import { join } from 'node:path';
import { sleep } from '@tribune/platform';
import { connectState, type LeaderStatus } from '@tribune/protocol';
import { encodeCommand, HASH_FORMAT } from '@tribune/state-store';
import type { ExpireSessions } from '../leader-duties/expire-sessions';
import type { ServerHealthRecord } from '../leader-duties/server-health';
import type { NodeEvent } from '../node/outcomes';
import { RaftNode } from '../node/raft-node';
import { BallastFile } from '../storage/ballast';
import { FileSnapshotStore } from '../storage/file-snapshot-store';
import { LevelLogStore } from '../storage/level-log-store';
import { ExpectBootstrap } from './bootstrap';
import { dutyRoster, type DutyRoster } from './duty-roster';
import type { Foundations, RaftServerCollaborators } from './foundations';
import { LeaderRouter } from './leader-router';
import { Proposer } from './proposer';
import { refuseQuarantined } from './quarantine';
import { ReadFence } from './read-fence';
import { recoverQuorum } from './recover-quorum';

/** A successor that was slow to take over is asked again, or another one; this long. */
const HANDOVER_MS = 1_500;
const HANDOVER_RETRY_MS = 20;

/** Everything that needs to know the port: the wiring of a server, from the disk up. */
export class ServerCore {
  readonly node: RaftNode;
  readonly router: LeaderRouter;
  readonly proposer: Proposer;
  readonly fence: ReadFence;
  private readonly roster: DutyRoster;
  private readonly bootstrap: ExpectBootstrap;
  /** It leads, and there is nobody else. */
  private isAlone = false;
  private isStopping = false;

  constructor(private readonly foundations: Foundations) {
    const { options, collaborators, members, metrics, replicated } = foundations;
    const { clock, random, logger } = collaborators;
    const node = (this.node = raftNode(foundations));
    const addressOf = (id: string): string | undefined => members.serverById(id)?.rpcAddress;
    const router = (this.router = new LeaderRouter(
      { source: node, addressOf, clock, random, logger: logger.child('forward') },
      options.rpcHoldMs,
    ));
    this.proposer = new Proposer(node, router, { clock, metrics });
    this.fence = new ReadFence(node, router, () => this.isAlone, metrics);
    this.roster = dutyRoster(foundations, node, this.proposer);
    this.bootstrap = expectBootstrap(foundations, node);
    replicated.audit.onHashed = (hashes) => {
      if (this.isStopping || node.status().peers.length === 1) return;
      // A report that is lost is made up for by the next round.
      const report = { ...hashes, server: options.id, format: HASH_FORMAT };
      this.proposer.propose(encodeCommand({ type: 'audit', report })).catch(() => undefined);
    };
  }

  get sessions(): ExpireSessions {
    return this.roster.sessions;
  }

  /** What this server knows of the others while it leads. */
  get health(): ServerHealthRecord {
    return this.roster.health;
  }

  /** Other tables took the place of the old ones. */
  stateReplaced(): void {
    this.roster.duties.beginAnew();
  }

  async start(): Promise<void> {
    const { node, foundations } = this;
    const { options, collaborators, dataDir, address } = foundations;
    node.on((event) => this.observe(event));
    await refuseQuarantined(dataDir);
    // On stores of its own, which it closes: the node opens the same folders afterwards.
    await recoverQuorum({ id: options.id, dataDir, ...storesOf(foundations), logger: collaborators.logger });
    await node.start();
    if (node.status().hasConfiguration) return;
    // Expecting one server is the same as founding alone.
    if (options.bootstrap || options.bootstrapExpect === 1) await node.bootstrap([{ id: options.id, address }]);
    else if (options.bootstrapExpect > 0) this.bootstrap.start();
  }

  /** Takes no more work, and gives the lead away if it has it. */
  async retire(): Promise<void> {
    const { node, router } = this;
    const { clock } = this.foundations.collaborators;
    this.isStopping = true;
    this.bootstrap.stop();
    this.proposer.close();
    this.roster.duties.end();
    // The others need not find out by themselves. A failed attempt only costs them an election.
    const untilMs = clock.monotonicMs() + HANDOVER_MS;
    while (router.isLeader && !this.isAlone && clock.monotonicMs() < untilMs) {
      const outcome = await router.handOver(() => node.transferLeadership());
      // A node that failed leads nobody any more, although it never said so.
      if (outcome.kind === 'notLeader') return;
      if (outcome.kind === 'refused') await sleep(clock, HANDOVER_RETRY_MS);
    }
  }

  async stop(): Promise<void> {
    this.router.stop();
    await this.node.stop();
  }

  private observe(event: NodeEvent): void {
    if (this.isStopping) return;
    const { duties } = this.roster;
    const { role, peers } = this.node.status();
    this.isAlone = role === 'leader' && peers.length === 1;
    if (event.kind === 'leadershipEstablished') duties.begin();
    if (event.kind === 'leadershipLost' || event.kind === 'failed') duties.end();
    if (event.kind === 'failed') this.foundations.collaborators.onFatal?.(event.error);
  }
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

function expectBootstrap({ options, collaborators, members }: Foundations, target: RaftNode): ExpectBootstrap {
  const { clock, logger } = collaborators;
  return new ExpectBootstrap(
    { id: options.id, expect: options.bootstrapExpect },
    {
      target,
      members,
      statusOf: (peer) => statusOf(peer, collaborators),
      clock,
      logger: logger.child('bootstrap'),
    },
  );
}

async function statusOf(address: string, { clock, random, logger }: RaftServerCollaborators): Promise<LeaderStatus> {
  const peer = connectState({ servers: () => [address], holdMs: 0, forwarded: true, clock, random, logger });
  try {
    return await peer.status();
  } finally {
    peer.close();
  }
}
