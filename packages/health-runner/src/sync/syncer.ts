import { messageOf, type Clock, type Logger, type Random, type Timer } from '@tribune/platform';
import type { AgentOutcome, LocalNode, ServiceInstance, StateApi } from '@tribune/protocol';
import type { View } from '@tribune/state-store';
import type { LocalChange, LocalState } from '../local/local-state';
import { DONE, failed } from '../local/outcomes';
import type { HealthRunnerMetrics } from '../metrics';
import { CatalogLink } from './catalog-link';
import { logSynced } from './log-synced';
import { planNode, planRows, tagOverrides } from './plan';
import { changedScopes, fullScopes, type Scope } from './scopes';
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
  private link: CatalogLink;

  constructor(
    private readonly options: SyncerOptions,
    private readonly collaborators: SyncerCollaborators,
  ) {
    this.link = new CatalogLink(collaborators);
  }

  start(): void {
    if (!this.isStopped) return;
    this.isStopped = false;
    this.link = new CatalogLink(this.collaborators);
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
    this.link.close();
    await this.running;
  }

  /** A full sync that begins after this call. */
  async syncNow(): Promise<AgentOutcome> {
    // Who asks wants what was written before the question to be compared; syncs on the clock can do with less.
    await this.link.raiseFloor();
    while (this.running) await this.running;
    this.fullWanted = true;
    return this.run();
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
      if (!this.isStopped)
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

  private async attempt(changed: Scope | undefined): Promise<AgentOutcome> {
    const { local, node } = this.collaborators;
    const name = node().node;
    await this.link.open(name);
    const registration = planNode(node(), this.link.tables.nodes.get(name));
    if (registration) {
      const registered = await this.link.send([registration]);
      if (!registered.ok) return registered;
      this.collaborators.logger.info('Synced node info');
    }
    const scopes = changed ? changedScopes(local, changed) : fullScopes(local, this.link.tables, name);
    for (const [i, scope] of scopes.entries()) {
      if (i > 0) await new Promise((resolve) => setImmediate(resolve));
      if (this.isStopped) return failed('the agent stops');
      const outcome = await this.bringInLine(scope, name);
      if (!outcome.ok) return outcome;
    }
    return DONE;
  }

  private async bringInLine(scope: Scope, node: string): Promise<AgentOutcome> {
    const { local } = this.collaborators;
    const { services, checks } = this.link.tables;
    const catalog = {
      services: present([...scope.services].map((id) => services.get(node, id))),
      checks: present([...scope.checks].map((id) => checks.get(node, id))),
    };
    this.takeTagOverrides(scope, catalog.services);
    const mine = {
      node: this.collaborators.node(),
      services: present([...scope.services].map((id) => local.service(id))),
      checks: present([...scope.checks].map((id) => local.check(id))),
      isOutputDeferred: (id: string) => this.deferred.has(id),
    };
    const commands = planRows(mine, catalog);
    const outcome = await this.link.send(commands);
    if (outcome.ok) for (const command of commands) logSynced(command, this.collaborators.logger);
    return outcome;
  }

  private takeTagOverrides(scope: Scope, catalog: readonly ServiceInstance[]): void {
    const { local } = this.collaborators;
    const services = present([...scope.services].map((id) => local.service(id)));
    for (const [id, tags] of tagOverrides(services, catalog)) {
      const record = local.service(id)!;
      local.putService({ ...record, service: { ...record.service, tags } });
    }
  }
}

const present = <T>(items: readonly (T | undefined)[]): T[] => items.filter((item) => item !== undefined);
