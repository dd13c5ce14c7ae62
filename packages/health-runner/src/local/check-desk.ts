import { isDeepStrictEqual } from 'node:util';
import type { Clock, Logger } from '@tribune/platform';
import type { AgentOutcome, CheckDefinition } from '@tribune/protocol';
import type { AliasWatcher } from '../checks/alias/alias-watcher';
import type { CheckRunners } from '../checks/check-runners';
import { kindOf } from '../checks/probe-of';
import {
  initialState,
  NO_THRESHOLDS,
  observe,
  publish,
  type CheckState,
  type Observation,
  type Thresholds,
} from '../core/check-state';
import type { AgentStore, StoredTtl } from '../persistence/agent-store';
import type { LocalCheckRecord } from './local-records';
import type { LocalState } from './local-state';
import { DONE, failed } from './outcomes';

export interface CheckDeskCollaborators {
  readonly local: LocalState;
  readonly runners: CheckRunners;
  readonly aliases: AliasWatcher;
  readonly store: AgentStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly discardOutput: boolean;
}

export interface CheckOrigin {
  readonly fromFile: boolean;
  /** Keep the state of a check that is registered again (with its service), instead of starting at its initial status. */
  readonly keepState: boolean;
}

/** Adds and removes checks: record, runner and file together. Knows nothing of services but the one it is told. */
export class CheckDesk {
  /** What TTL checks were told in an earlier life of this agent. */
  private storedTtls: ReadonlyMap<string, StoredTtl> = new Map();

  constructor(private readonly collaborators: CheckDeskCollaborators) {}

  async load(): Promise<void> {
    this.storedTtls = await this.collaborators.store.ttls.load();
  }

  /** `definition` has its id and name; its service, if any, is registered. */
  add(definition: CheckDefinition, origin: CheckOrigin): void {
    const { local, aliases, runners } = this.collaborators;
    const before = local.check(definition.checkId);
    const service = local.service(definition.serviceId)?.service;
    const record: LocalCheckRecord = {
      id: definition.checkId,
      definition: before && isDeepStrictEqual(before.definition, definition) ? before.definition : definition,
      name: definition.name,
      notes: definition.notes,
      serviceId: definition.serviceId,
      serviceName: service?.service ?? '',
      serviceTags: service?.tags ?? null,
      type: kindOf(definition),
      state: this.startingState(definition, origin.keepState ? before : undefined),
      fromFile: origin.fromFile,
    };
    local.putCheck(record);
    if (record.type === 'alias') {
      runners.stop(record.id);
      aliases.add(record.id, { node: definition.aliasNode, serviceId: definition.aliasService });
    } else if (!before || before.definition !== record.definition || record.type === 'ttl' || !origin.keepState) {
      aliases.remove(record.id);
      runners.start(definition, record.state.output);
    }
  }

  /** A check that nobody runs (maintenance). */
  addFixed(record: Omit<LocalCheckRecord, 'definition' | 'state' | 'fromFile'>): void {
    const state = initialState({ status: 'critical', output: '' }, NO_THRESHOLDS, this.nowMs);
    this.collaborators.local.putCheck({ ...record, definition: undefined, state, fromFile: false });
  }

  async remove(checkId: string): Promise<void> {
    const { local, runners, aliases, store } = this.collaborators;
    runners.stop(checkId);
    aliases.remove(checkId);
    local.removeCheck(checkId);
    await Promise.all([store.checks.remove(checkId), store.ttls.remove(checkId)]);
  }

  /** What a runner saw. Late reports of removed checks are dropped. */
  report(checkId: string, seen: Observation, direct: boolean): void {
    const { local, discardOutput } = this.collaborators;
    const record = local.check(checkId);
    if (!record?.definition) return;
    const observation = discardOutput ? { ...seen, output: '' } : seen;
    const thresholds = thresholdsOf(record.definition);
    const state = direct
      ? publish(record.state, observation, this.nowMs)
      : observe(record.state, thresholds, observation, this.nowMs);
    local.putCheck({ ...record, state });
    if (state.status !== record.state.status) this.logStatus(checkId, state.status);
  }

  private logStatus(check: string, status: string): void {
    const { logger } = this.collaborators;
    if (status === 'passing') logger.info('Check is now passing', { check });
    else logger.warn(status === 'critical' ? 'Check is now critical' : 'Check is now warning', { check });
  }

  async updateTtl(checkId: string, status: string, output: string): Promise<AgentOutcome> {
    const { local, runners, store, clock } = this.collaborators;
    const ttl = runners.ttl(checkId);
    const definition = local.check(checkId)?.definition;
    if (!ttl || !definition) return failed(`CheckID ${JSON.stringify(checkId)} does not have associated TTL`);
    const published = ttl.set(status, output);
    const expiresAtMs = clock.wallMs() + definition.ttlNs / 1e6;
    // Not synced to disk: an agent that crashes finds the check critical until it is told again, which is safe.
    await store.ttls.put(checkId, { ...published, expiresAtMs }, { durable: false });
    return DONE;
  }

  private startingState(definition: CheckDefinition, before: LocalCheckRecord | undefined): CheckState {
    const thresholds = thresholdsOf(definition);
    if (before && isDeepStrictEqual(before.definition, definition)) return before.state;
    if (before) {
      const fresh = initialState(before.state, thresholds, this.nowMs);
      return { ...fresh, criticalSinceMs: before.state.criticalSinceMs };
    }
    const stored = definition.ttlNs > 0 ? this.storedTtls.get(definition.checkId) : undefined;
    const isFresh = stored !== undefined && stored.expiresAtMs > this.collaborators.clock.wallMs();
    const start = isFresh ? stored : { status: definition.status || 'critical', output: '' };
    return initialState({ status: start.status, output: start.output }, thresholds, this.nowMs);
  }

  private get nowMs(): number {
    return this.collaborators.clock.monotonicMs();
  }
}

const thresholdsOf = ({
  successBeforePassing,
  failuresBeforeWarning,
  failuresBeforeCritical,
}: CheckDefinition): Thresholds => ({
  successBeforePassing,
  failuresBeforeWarning,
  failuresBeforeCritical,
});
