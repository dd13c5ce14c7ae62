import { messageOf, sleep, type Readiness } from '@tribune/platform';
import type { AgentControl } from '@tribune/catalog-api';
import type { AgentConfig } from '../config/agent-config';
import { InlinePiece } from '../pieces/inline-piece';
import { Supervisor } from '../supervisor/supervisor';
import { WatchRunner } from '../watches/watch-runner';
import type { AgentPorts, Composition, CompositionInput, Listening } from './composition';
import type { AgentIdentity } from './identity';
import { joinPool } from './join';

export interface AgentHooks {
  /** Reads the configuration again; throws ConfigError when it is wrong. */
  readonly readConfig: () => AgentConfig;
  /** The agent cannot go on. */
  readonly onFatal: (reason: Error) => void;
  /** Somebody asked over HTTP that the agent leave; it has left, and wants to be stopped. */
  readonly onLeft: () => void;
}

/** How long a leaving server waits for the others to drop it from the Raft group. */
const REMOVAL_WAIT_MS = 5_000;
const REMOVAL_POLL_MS = 50;

/** The pieces of one node, as one thing that starts, joins, reloads, leaves and stops. */
export class Agent {
  private readonly composition: Composition;
  private readonly supervisor: Supervisor;
  private readonly watches: WatchRunner;
  private readonly stopping = new AbortController();
  private leaving: Promise<void> | undefined;

  constructor(
    private readonly config: AgentConfig,
    identity: AgentIdentity,
    private readonly ports: AgentPorts,
    private readonly hooks: AgentHooks,
    compose: (input: CompositionInput) => Composition,
  ) {
    const control: AgentControl = {
      reload: () => this.reload(),
      leave: () => this.leaveForGood(),
      readiness: () => this.readiness(),
    };
    this.composition = compose({ config, identity, ports, control, onFatal: hooks.onFatal });
    this.watches = new WatchRunner(config.watches, {
      ...ports,
      logger: ports.logger.child('watch'),
      api: () => this.apiAddress(),
    });
    const watches = new InlinePiece('watches', () => this.watches);
    this.supervisor = new Supervisor([...this.composition.pieces, watches], ports);
  }

  /** Starts the pieces in order; joins go on in the background. */
  async start(): Promise<void> {
    await this.supervisor.start();
    void this.join('lan', this.config.joinLan);
    if (this.config.serfWan) void this.join('wan', this.config.joinWan);
  }

  listening(): Listening {
    return this.composition.listening();
  }

  readiness(): Readiness {
    return this.supervisor.readiness();
  }

  /** Takes what a running agent can change. The problems that kept the new configuration from taking effect, or none. */
  async reload(): Promise<readonly string[]> {
    const { logger } = this.ports;
    logger.info('reloading configuration');
    try {
      const next = this.hooks.readConfig();
      logger.setLevel(next.log.level);
      const outcome = await this.composition.reloadDefinitions(next.services, next.checks, next.nodeMeta);
      if (!outcome.ok) throw new Error(outcome.reason);
      if (next.dns.length > 0) this.composition.reloadDns(next);
      await this.watches.replace(next.watches);
      logger.info('configuration reloaded');
      return [];
    } catch (error) {
      const problems = messageOf(error).split('\n');
      logger.error('reload failed, the configuration stays as it was', { problems });
      return problems;
    }
  }

  /** Tells the cluster that this agent goes for good. Idempotent. */
  leave(): Promise<void> {
    return (this.leaving ??= this.leaveOnce());
  }

  /** An order from outside is carried out even when the farewell fails. */
  private async leaveForGood(): Promise<void> {
    await this.leave().catch((error: unknown) => this.ports.logger.error('leave failed', { reason: messageOf(error) }));
    this.hooks.onLeft();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.supervisor.stop();
    this.composition.close();
  }

  /** Of our own HTTP API, for watches. */
  private apiAddress(): { readonly socketPath: string } | { readonly host: string; readonly port: number } {
    const [first] = this.config.http;
    if (first && 'path' in first) return { socketPath: first.path };
    const host = !first || first.host === '0.0.0.0' ? '127.0.0.1' : first.host === '::' ? '::1' : first.host;
    return { host, port: this.listening().http };
  }

  private async join(pool: 'lan' | 'wan', plan: AgentConfig['joinLan']): Promise<void> {
    const { clock, logger } = this.ports;
    const { config } = this;
    const own =
      pool === 'lan'
        ? `${config.advertiseHost}:${config.serfLan.port}`
        : `${config.advertiseWanHost}:${config.serfWan?.port}`;
    const outcome = await joinPool(
      pool,
      plan,
      { membership: this.composition.membership, clock, logger, own },
      this.stopping.signal,
    );
    if (outcome.kind === 'failed') this.hooks.onFatal(new Error(outcome.reason));
  }

  private async leaveOnce(): Promise<void> {
    const { logger } = this.ports;
    logger.info('leaving the cluster');
    const isServer = this.config.mode === 'server';
    const othersVote = isServer && (await this.otherVoters()) > 0;
    if (othersVote) await this.handOver();
    await this.composition.membership.leave();
    if (othersVote) await this.awaitRemoval();
    logger.info('left the cluster');
  }

  /** The others should not have to notice the silence of their leader. */
  private async handOver(): Promise<void> {
    const { state } = this.composition;
    const status = await state.status();
    if (!status.isLeader) return;
    const outcome = await state.transferLeadership();
    if (!outcome.ok) this.ports.logger.warn('leadership was not handed over', { reason: outcome.reason });
  }

  private async otherVoters(): Promise<number> {
    const status = await this.composition.state.status();
    return status.peers.length - 1;
  }

  /** Stays until it is out of the group, so that a majority never counts on a server that is gone. */
  private async awaitRemoval(): Promise<void> {
    const { clock } = this.ports;
    const deadlineMs = clock.monotonicMs() + Math.max(REMOVAL_WAIT_MS, this.config.leaveDrainMs);
    const own = `${this.config.advertiseHost}:${this.config.serverRpc.port}`;
    while (clock.monotonicMs() < deadlineMs) {
      const { peers } = await this.composition.state.status();
      if (!peers.includes(own)) return;
      await sleep(clock, REMOVAL_POLL_MS, this.stopping.signal);
    }
  }
}
