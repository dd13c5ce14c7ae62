import { messageOf, type Clock, type Logger, type Startable, type Timer } from '@tribune/platform';
import type {
  AgentApi,
  AgentOutcome,
  CheckDefinition,
  HealthCheck,
  LocalNode,
  LocalService,
  ServiceDefinition,
} from '@tribune/protocol';
import { AliasWatcher } from './checks/alias/alias-watcher';
import { CheckRunners } from './checks/check-runners';
import { CheckDesk } from './local/check-desk';
import { checkRow } from './local/local-records';
import { LocalState } from './local/local-state';
import { Maintenance } from './local/maintenance';
import { failed } from './local/outcomes';
import { Reaper } from './local/reaper';
import { Registrar } from './local/registrar';
import { loadDefinitions, restoreStored, type RestoreCollaborators } from './local/restore';
import { healthRunnerMetrics, type HealthRunnerMetrics } from './metrics';
import {
  settingsOf,
  type HealthRunnerCollaborators,
  type HealthRunnerOptions,
  type HealthRunnerSettings,
} from './options';
import { openAgentStore, type AgentStore } from './persistence/agent-store';
import { Syncer } from './sync/syncer';

/** The local agent of one node. Wiring, and the face that `agent.v1` shows. */
export class HealthRunner implements AgentApi, Startable {
  private readonly local = new LocalState();
  private readonly settings: HealthRunnerSettings;
  private readonly logger: Logger;
  private readonly metrics: HealthRunnerMetrics;
  private readonly store: AgentStore;
  private readonly runners: CheckRunners;
  private readonly aliases: AliasWatcher;
  private readonly desk: CheckDesk;
  private readonly registrar: Registrar;
  private readonly maintenance: Maintenance;
  private readonly reaper: Reaper;
  private readonly syncer: Syncer;
  private readonly clock: Clock;
  private countTimer: Timer | undefined;
  private hasDefinitions = false;
  private localNode: LocalNode;
  private started: Promise<void> | undefined;

  constructor(options: HealthRunnerOptions, collaborators: HealthRunnerCollaborators) {
    this.settings = settingsOf(options);
    this.localNode = this.settings.node;
    const { clock, random, view, state } = collaborators;
    const { local, settings } = this;
    this.clock = clock;
    const logger = (this.logger = collaborators.logger.child('agent'));
    const metrics = (this.metrics = healthRunnerMetrics(collaborators.metrics));
    const report: CheckDesk['report'] = (...seen) => this.desk.report(...seen);
    this.store = openAgentStore(settings.dataDir, logger);
    this.runners = new CheckRunners(
      { probesMax: settings.probesMax, outputBytesMax: settings.checkOutputMaxSize, dockerHost: settings.dockerHost },
      { clock, random, logger, metrics, report },
    );
    this.aliases = new AliasWatcher(this.localNode.node, { local, view, clock, logger, report });
    this.desk = new CheckDesk({
      local,
      runners: this.runners,
      aliases: this.aliases,
      store: this.store,
      clock,
      logger,
      discardOutput: settings.discardCheckOutput,
    });
    this.registrar = new Registrar(settings, { local, desk: this.desk, store: this.store });
    this.maintenance = new Maintenance({ local, desk: this.desk, store: this.store });
    this.reaper = new Reaper({ local, registrar: this.registrar, clock, logger });
    this.syncer = new Syncer(
      {
        checkUpdateIntervalMs: settings.checkUpdateIntervalNs / 1e6,
        syncIntervalMs: settings.syncIntervalMs,
        syncRetryMaxMs: settings.syncRetryMaxMs,
      },
      {
        node: () => this.localNode,
        local,
        state,
        view,
        clock,
        random,
        logger,
        metrics,
        clusterSize: () => collaborators.clusterSize?.() ?? view.tables.nodes.size,
      },
    );
  }

  /** Registers what files and earlier lives left, then begins to sync. Needs no server: those may come later. */
  start(): Promise<void> {
    this.started ??= this.restore();
    return this.started;
  }

  private async restore(): Promise<void> {
    await this.desk.load();
    await loadDefinitions(this.restoring, this.settings.services, this.settings.checks);
    await restoreStored(this.restoring);
    this.count();
    this.reaper.start();
    if (!this.settings.awaitDefinitions || this.hasDefinitions) this.syncer.start();
  }

  async stop(): Promise<void> {
    if (!this.started) return;
    await this.started;
    this.started = undefined;
    this.countTimer?.cancel();
    this.reaper.stop();
    this.runners.stopAll();
    this.aliases.stop();
    await this.syncer.stop();
    await Promise.all([this.store.services.settled(), this.store.checks.settled(), this.store.ttls.settled()]);
  }

  node(): Promise<LocalNode> {
    return Promise.resolve(this.localNode);
  }

  services(): Promise<readonly LocalService[]> {
    const rows = this.local.services().map(({ service, fromFile }) => ({
      service: { ...service, createIndex: 0, modifyIndex: 0 },
      fromFile,
    }));
    return Promise.resolve(rows);
  }

  checks(): Promise<readonly HealthCheck[]> {
    return Promise.resolve(this.local.checks().map((record) => checkRow(record, this.localNode.node)));
  }

  changed(version: number, signal: AbortSignal): Promise<number> {
    return this.local.changed(version, signal);
  }

  registerService(
    definition: ServiceDefinition,
    options: { readonly replaceExistingChecks: boolean },
  ): Promise<AgentOutcome> {
    return this.guarded(() => this.registrar.registerService(definition, { ...options, fromFile: false }));
  }

  deregisterService(id: string): Promise<AgentOutcome> {
    return this.guarded(() => this.registrar.deregisterService(id));
  }

  registerCheck(definition: CheckDefinition): Promise<AgentOutcome> {
    return this.guarded(() => this.registrar.registerCheck(definition, false));
  }

  deregisterCheck(id: string): Promise<AgentOutcome> {
    return this.guarded(() => this.registrar.deregisterCheck(id));
  }

  updateTtl(checkId: string, status: string, output: string): Promise<AgentOutcome> {
    return this.guarded(() => this.desk.updateTtl(checkId, status, output));
  }

  nodeMaintenance(enable: boolean, reason: string): Promise<AgentOutcome> {
    return this.guarded(() => this.maintenance.node(enable, reason));
  }

  serviceMaintenance(serviceId: string, enable: boolean, reason: string): Promise<AgentOutcome> {
    return this.guarded(() => this.maintenance.service(serviceId, enable, reason));
  }

  /** What the files no longer define leaves; what they still define keeps its state and its schedule. */
  reload(
    services: readonly ServiceDefinition[],
    checks: readonly CheckDefinition[],
    nodeMeta: Readonly<Record<string, string>>,
  ): Promise<AgentOutcome> {
    return this.guarded(() => this.replaceDefinitions(services, checks, nodeMeta));
  }

  private async replaceDefinitions(
    services: readonly ServiceDefinition[],
    checks: readonly CheckDefinition[],
    nodeMeta: Readonly<Record<string, string>>,
  ): Promise<AgentOutcome> {
    this.registrar.takeDefined();
    const problems = await loadDefinitions(this.restoring, services, checks);
    const defined = this.registrar.takeDefined();
    for (const { id, fromFile } of this.local.services()) {
      if (fromFile && !defined.services.has(id)) await this.registrar.deregisterService(id);
    }
    for (const { id, fromFile } of this.local.checks()) {
      if (fromFile && !defined.checks.has(id)) await this.registrar.deregisterCheck(id);
    }
    this.localNode = { ...this.localNode, meta: { 'consul-network-segment': '', ...nodeMeta } };
    this.hasDefinitions = true;
    if (this.started) {
      this.syncer.start();
      void this.syncer.syncNow();
    }
    return problems.length === 0 ? { ok: true } : failed(problems.join('\n'));
  }

  async syncNow(): Promise<AgentOutcome> {
    if (this.settings.awaitDefinitions && !this.hasDefinitions) return failed('definitions have not arrived yet');
    return this.syncer.syncNow();
  }

  /** A disk that refuses is an answer, not the end: the change is in force, and lost with a restart. */
  private async guarded(work: () => Promise<AgentOutcome>): Promise<AgentOutcome> {
    try {
      return await work();
    } catch (thrown) {
      this.logger.error('change not stored', { error: messageOf(thrown) });
      return failed(`failed to persist: ${messageOf(thrown)}`);
    }
  }

  private get restoring(): RestoreCollaborators {
    const { local, registrar, desk, store, logger } = this;
    return { local, registrar, desk, store, logger };
  }

  /** Once a second, not once a change: ten thousand checks may change at once. */
  private count(): void {
    this.countTimer = this.clock.setTimer(1000, () => this.count());
    const byStatus = new Map<string, number>();
    for (const { state } of this.local.checks()) byStatus.set(state.status, (byStatus.get(state.status) ?? 0) + 1);
    this.metrics.counts(this.local.services().length, byStatus);
  }
}

export function createHealthRunner(
  options: HealthRunnerOptions,
  collaborators: HealthRunnerCollaborators,
): HealthRunner {
  return new HealthRunner(options, collaborators);
}
