import { messageOf, sleep, type Clock, type Logger, type Random, type Timer } from '@tribune/platform';
import type { AgentOutcome, LocalNode, StateApi } from '@tribune/protocol';
import { decodeOutcome, encodeCommand, type Command, type View } from '@tribune/state-store';
import type { LocalChange, LocalState } from '../local/local-state';
import { DONE, failed } from '../local/outcomes';
import type { HealthRunnerMetrics } from '../metrics';
import { planSync, tagOverrides, type CatalogSide, type Scope } from './plan';
import { fullSyncDelayMs, outputDelayMs, retryDelayMs } from './sync-interval';

export interface SyncerOptions {
  readonly checkUpdateIntervalMs: number;
  readonly syncIntervalMs: number;
  readonly syncRetryMaxMs: number;
}

export interface SyncerCollaborators {
  readonly node: () => LocalNode;
  readonly local: LocalState;
  readonly state: StateApi;
  readonly view: View;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: HealthRunnerMetrics;
  /** Nodes of the cluster, as far as this agent knows. */
  readonly clusterSize: () => number;
}

/** Commands under way at once: enough to fill a group commit, few enough not to fill the leader's queue. */
const COMMANDS_AT_ONCE = 64;
/** How long a sync waits for the feed to bring what it must have seen. */
const FEED_WAIT_MS = 5_000;

/**
 * Anti-entropy: carries the agent's services and checks into the catalog. The agent is the truth.
 *
 *     change ──► dirty ids ──► one sync per turn, those ids only        output only ──► deferred, then dirty
 *     every minute (scaled, jittered) ──► full comparison               failure ──► retry, everything compared
 */
export class Syncer {
  private dirtyServices = new Set<string>();
  private dirtyChecks = new Set<string>();
  private readonly deferred = new Map<string, Timer>();
  private fullWanted = true;
  /** Monotonic time at which everything is compared again. */
  private nextFullMs = 0;
  private failures = 0;
  private running: Promise<AgentOutcome> | undefined;
  private timer: Timer | undefined;
  private unfollow: (() => void) | undefined;
  private isStopped = true;
  /** What a comparison must have seen: this agent's newest write, or the fence of {@link syncNow}. */
  private floorRevision = 0;

  constructor(
    private readonly options: SyncerOptions,
    private readonly collaborators: SyncerCollaborators,
  ) {}

  start(): void {
    if (!this.isStopped) return;
    this.isStopped = false;
    this.unfollow = this.collaborators.local.follow((change) => this.noteChange(change));
    this.plan(0);
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    this.unfollow?.();
    this.timer?.cancel();
    this.timer = undefined;
    for (const timer of this.deferred.values()) timer.cancel();
    this.deferred.clear();
    await this.running;
  }

  /** A full sync that begins after this call. */
  async syncNow(): Promise<AgentOutcome> {
    await this.running;
    this.fullWanted = true;
    await this.raiseFloor();
    return this.run();
  }

  /** Who asks for a sync wants what was written before the question to be compared; those on the clock can do with less. */
  private async raiseFloor(): Promise<void> {
    const fence = await Promise.resolve(this.collaborators.state.readFence()).catch(() => undefined);
    if (fence?.kind === 'confirmed') this.floorRevision = Math.max(this.floorRevision, fence.revision);
  }

  private noteChange(change: LocalChange): void {
    if (change.kind === 'service') this.dirtyServices.add(change.id);
    else if (change.what === 'output' && this.options.checkUpdateIntervalMs > 0) return this.defer(change.id);
    else {
      this.undefer(change.id);
      this.dirtyChecks.add(change.id);
    }
    // While the servers are away the retry timer decides; changes only add to what it will carry.
    if (this.failures === 0) this.plan(0);
  }

  private defer(checkId: string): void {
    if (this.deferred.has(checkId)) return;
    const { clock, random } = this.collaborators;
    const delayMs = outputDelayMs(this.options.checkUpdateIntervalMs, random);
    const timer = clock.setTimer(delayMs, () => {
      this.deferred.delete(checkId);
      this.dirtyChecks.add(checkId);
      if (this.failures === 0) this.plan(0);
    });
    this.deferred.set(checkId, timer);
  }

  private undefer(checkId: string): void {
    this.deferred.get(checkId)?.cancel();
    this.deferred.delete(checkId);
  }

  /** At most one timer: an earlier need replaces a later one. */
  private plan(delayMs: number): void {
    if (this.isStopped || this.running) return;
    this.timer?.cancel();
    this.timer = this.collaborators.clock.setTimer(delayMs, () => {
      this.timer = undefined;
      if (this.nextFullMs <= this.collaborators.clock.monotonicMs()) this.fullWanted = true;
      void this.run();
    });
  }

  private run(): Promise<AgentOutcome> {
    this.running ??= this.turn().finally(() => {
      this.running = undefined;
      this.planNext();
    });
    return this.running;
  }

  private planNext(): void {
    const { clock, random } = this.collaborators;
    if (this.failures > 0) return this.plan(retryDelayMs(this.failures, this.options.syncRetryMaxMs, random));
    const isDirty = this.dirtyServices.size > 0 || this.dirtyChecks.size > 0;
    this.plan(isDirty ? 0 : Math.max(0, this.nextFullMs - clock.monotonicMs()));
  }

  private async turn(): Promise<AgentOutcome> {
    const { clock, metrics, logger } = this.collaborators;
    const kind = this.fullWanted ? 'full' : 'changes';
    const startedMs = clock.monotonicMs();
    const outcome = await this.attempt(this.takeScope()).catch((thrown: unknown) => failed(messageOf(thrown)));
    metrics.synced(kind, outcome.ok, (clock.monotonicMs() - startedMs) / 1000);
    if (outcome.ok) {
      this.failures = 0;
      if (kind === 'full') this.scheduleFull();
    } else {
      this.failures++;
      this.fullWanted = true;
      logger.warn('sync with the catalog failed', { kind, error: outcome.reason, failures: this.failures });
    }
    return outcome;
  }

  private scheduleFull(): void {
    const { clock, random, clusterSize } = this.collaborators;
    this.nextFullMs = clock.monotonicMs() + fullSyncDelayMs(this.options.syncIntervalMs, clusterSize(), random);
  }

  /** What this sync looks at; undefined for everything. Changes from now on belong to the next one. */
  private takeScope(): Scope | undefined {
    const scope = this.fullWanted ? undefined : { services: this.dirtyServices, checks: this.dirtyChecks };
    this.fullWanted = false;
    this.dirtyServices = new Set();
    this.dirtyChecks = new Set();
    return scope;
  }

  private async attempt(scope: Scope | undefined): Promise<AgentOutcome> {
    const { view, node } = this.collaborators;
    const name = node().node;
    await view.require([{ kind: 'node', node: name }]);
    await this.seeFloor();
    const catalog = this.catalogSide(name);
    this.takeTagOverrides(catalog);
    const commands = planSync(this.localSide(), catalog, scope);
    for (let at = 0; at < commands.length && !this.isStopped; at += COMMANDS_AT_ONCE) {
      const outcomes = await Promise.all(
        commands.slice(at, at + COMMANDS_AT_ONCE).map((command) => this.send(command)),
      );
      const failure = outcomes.find((outcome) => !outcome.ok);
      if (failure) return failure;
    }
    return DONE;
  }

  /** Comparing with rows older than our last write would write it again. */
  private async seeFloor(): Promise<void> {
    const { view, clock } = this.collaborators;
    const arrival = view.atLeast(this.floorRevision);
    if (!arrival) return;
    const tired = new AbortController();
    await Promise.race([arrival, sleep(clock, FEED_WAIT_MS, tired.signal)]);
    tired.abort();
  }

  private async send(command: Command): Promise<AgentOutcome> {
    const result = await this.collaborators.state.propose(encodeCommand(command));
    switch (result.kind) {
      case 'applied': {
        this.floorRevision = Math.max(this.floorRevision, result.revision);
        const outcome = decodeOutcome(result.outcome);
        return outcome.kind === 'error' ? failed(outcome.message) : DONE;
      }
      case 'noLeader':
        return failed('No cluster leader');
      case 'refused':
      case 'unknown':
        return failed(result.reason);
    }
  }

  private localSide(): Parameters<typeof planSync>[0] {
    const { local, node } = this.collaborators;
    const isOutputDeferred = (id: string): boolean => this.deferred.has(id);
    return { node: node(), services: local.services(), checks: local.checks(), isOutputDeferred };
  }

  private catalogSide(node: string): CatalogSide {
    const { tables } = this.collaborators.view;
    return { node: tables.nodes.get(node), services: tables.services.onNode(node), checks: tables.checks.onNode(node) };
  }

  private takeTagOverrides(catalog: CatalogSide): void {
    const { local } = this.collaborators;
    for (const [id, tags] of tagOverrides(local.services(), catalog.services)) {
      const record = local.service(id);
      if (record) local.putService({ ...record, service: { ...record.service, tags } });
    }
  }
}
