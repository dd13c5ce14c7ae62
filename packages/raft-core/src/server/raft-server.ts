import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CodedError, type Startable } from '@tribune/platform';
import { GrpcServer, StateService, unavailable, type FenceResult, type StateApi } from '@tribune/protocol';
import type { StateMachine, View } from '@tribune/state-store';
import type { NodeStatus } from '../node/outcomes';
import { GrpcPeerTransport } from '../transport/grpc-peer-transport';
import type { RaftServerCollaborators } from './foundations';
import { LanMembers } from './lan-members';
import { serverMetrics, type ServerMetrics } from './metrics';
import { advertised, assertServerOptions, type RaftServerOptions } from './options';
import { quarantine } from './quarantine';
import { commandProblem, ReplicatedState } from './replicated-state';
import { ServerCore } from './server-core';
import type { Divergence, Minority } from './state-audit';
import { LeaderOnlyBinding, RemoteStateBinding, StateBinding, type StateBindingParts } from './state-binding';

export interface RaftServer extends Startable {
  /** In-process binding. Throws SERVER_NOT_STARTED before `start`. */
  readonly state: StateApi;
  /** The state machine's own tables. */
  readonly view: View;
  readonly stateMachine: StateMachine;
  /** The port of server RPC; 0 before `start`. */
  readonly rpcPort: number;
  raftStatus(): NodeStatus;
}

export class ServerNotStartedError extends CodedError<{ code: 'SERVER_NOT_STARTED' }> {}

/** gRPC messages between servers: an append of 1 MiB, which one largest entry may exceed. */
const MESSAGE_BYTES_MAX = 8 << 20;
/** Those who propose here have this long to take their answers and leave. */
const FAREWELL_MS = 1_000;

/** The server process: consensus, the state that it keeps, and what it serves on the server RPC port. */
export function createRaftServer(options: RaftServerOptions, collaborators: RaftServerCollaborators): RaftServer {
  assertServerOptions(options);
  return new Server(options, collaborators);
}

class Server implements RaftServer {
  readonly state: StateApi;
  private readonly replicated: ReplicatedState;
  private readonly members: LanMembers;
  private readonly metrics: ServerMetrics;
  private readonly service: StateService;
  private core: ServerCore | undefined;
  private serving = false;
  private grpc: GrpcServer | undefined;
  private temporaryDir: string | undefined;
  private dataDir: string | undefined;
  private isQuarantined = false;

  constructor(
    private readonly options: RaftServerOptions,
    private readonly collaborators: RaftServerCollaborators,
  ) {
    this.replicated = new ReplicatedState(
      collaborators.clock,
      options.feedHistory,
      () => this.core?.stateReplaced(),
      () => this.voters(),
      options.spoiledKey ?? process.env['TRIBUNE_TEST_SPOILED_KEY'],
    );
    this.members = new LanMembers(options.datacenter, collaborators);
    this.metrics = serverMetrics(collaborators.metrics);
    this.replicated.audit.onDivergence = (divergence) => this.diverged(divergence);
    this.replicated.audit.onMinority = (minority) => void this.quarantined(minority);
    const parts = this.parts();
    this.state = new StateBinding(parts);
    this.service = this.stateService(parts);
    this.collectGauges();
  }

  get view(): View {
    return this.replicated.machine.view;
  }

  get stateMachine(): StateMachine {
    return this.replicated.machine;
  }

  get rpcPort(): number {
    return this.grpc?.port ?? 0;
  }

  raftStatus(): NodeStatus {
    return this.started().node.status();
  }

  async start(): Promise<void> {
    if (this.grpc) return;
    try {
      await this.open();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** The port first, since peers must be told where this server is; then the disk; then the others. */
  private async open(): Promise<void> {
    const { options, collaborators, replicated, members, metrics } = this;
    let address = '';
    const transport = new GrpcPeerTransport(
      {
        id: options.id,
        get address() {
          return address;
        },
      },
      {
        addressBook: (id) => this.addressOf(id),
        clock: collaborators.clock,
        logger: collaborators.logger.child('transport'),
      },
    );
    const grpc = new GrpcServer(
      { address: options.rpcAddress, messageBytesMax: MESSAGE_BYTES_MAX },
      collaborators.logger.child('rpc'),
    );
    grpc.add('tribune.raft.v1.RaftTransport', transport.implementation());
    grpc.add('tribune.state.v1.State', this.service.implementation());
    this.grpc = grpc;
    await grpc.start();
    await members.start();
    const dataDir = options.dataDir ?? (this.temporaryDir = await mkdtemp(join(tmpdir(), 'tribune-')));
    this.dataDir = dataDir;
    address = advertised(options.advertiseAddress, grpc.port);
    const core = new ServerCore({ options, collaborators, replicated, members, transport, metrics, dataDir, address });
    await core.start();
    // From here on others may ask: before, there is no log to answer from.
    this.core = core;
    this.serving = true;
  }

  /** Takes no more work, answers what is under way, then closes the port. */
  async stop(): Promise<void> {
    const { grpc } = this;
    if (!grpc) return;
    this.grpc = undefined;
    this.serving = false;
    // Both at once: what was sent here is answered before the lead is gone, and nothing more is sent here.
    await Promise.all([this.core?.retire(), this.service.retire(FAREWELL_MS)]);
    await this.core?.stop();
    this.replicated.feed.close();
    this.replicated.audit.stop();
    this.service.close();
    await grpc.stop();
    await this.members.stop();
    if (this.temporaryDir) await rm(this.temporaryDir, { recursive: true, force: true });
  }

  private started(): ServerCore {
    if (this.core) return this.core;
    throw new ServerNotStartedError({ code: 'SERVER_NOT_STARTED' }, 'the server has not started yet');
  }

  private diverged(divergence: Divergence): void {
    this.metrics.divergences.inc({ table: divergence.table });
    this.collaborators.logger.error('another server has not the state that this one has', { ...divergence });
  }

  /** Only this server is wrong: it ends, and the others go on without it. */
  private async quarantined(minority: Minority): Promise<void> {
    const { logger, onFatal } = this.collaborators;
    if (this.isQuarantined || !this.dataDir) return;
    this.isQuarantined = true;
    this.metrics.divergences.inc({ table: minority.table });
    logger.error('this server has not the state that a majority has and is quarantined', { ...minority });
    try {
      onFatal?.(await quarantine(this.dataDir, minority));
    } catch (error) {
      onFatal?.(error as Error);
    }
  }

  private voters(): readonly string[] {
    const peers = this.core?.node.status().peers ?? [];
    return peers.filter(({ suffrage }) => suffrage === 'voter').map(({ id }) => id);
  }

  private addressOf(id: string): string | undefined {
    return this.members.serverById(id)?.rpcAddress ?? this.configuredAddress(id);
  }

  private configuredAddress(id: string): string | undefined {
    return this.serving
      ? this.started()
          .node.status()
          .peers.find((peer) => peer.id === id)?.address
      : undefined;
  }

  private parts(): StateBindingParts {
    const core = (): ServerCore => this.started();
    return {
      clock: this.collaborators.clock,
      get node() {
        return core().node;
      },
      get router() {
        return core().router;
      },
      get proposer() {
        return core().proposer;
      },
      get fence() {
        return core().fence;
      },
      feed: this.replicated.feed,
      renew: (id) => core().sessions.renew(id, () => indexOf(core().fence.getHere())),
      nameOf: (id) => this.members.serverById(id)?.name ?? '',
      addressOf: (id) => this.addressOf(id),
      healthOf: (id) => core().health.of(id),
      commandProblem,
    };
  }

  private stateService(parts: StateBindingParts): StateService {
    const remote = new RemoteStateBinding(parts);
    const leaderOnly = new LeaderOnlyBinding(parts);
    const whenStarted = (binding: StateApi): StateApi => {
      if (this.serving) return binding;
      throw unavailable('the server is starting or stopping');
    };
    return new StateService({
      api: () => whenStarted(remote),
      leaderOnly: () => whenStarted(leaderOnly),
      logger: this.collaborators.logger.child('state'),
    });
  }

  /** Read when somebody scrapes, not when something happens. */
  private collectGauges(): void {
    const { metrics, replicated } = this;
    const collect = (): void => {
      metrics.feedSubscribers.set(replicated.feed.subscriberCount);
      metrics.proposalsWaiting.set(this.core?.proposer.depth ?? 0);
      metrics.sessionTtls.set(this.core?.sessions.active ?? 0);
    };
    Object.assign(metrics.feedSubscribers, { collect });
  }
}

async function indexOf(fence: FenceResult | Promise<FenceResult>): Promise<number | undefined> {
  const result = await fence;
  return result.kind === 'confirmed' ? result.revision : undefined;
}
