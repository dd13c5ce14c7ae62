import type { Clock, Logger, Timer } from '@tribune/platform';
import { isOverdue } from '../core/check-state';
import type { LocalState } from './local-state';
import type { Registrar } from './registrar';

/** How often overdue services are looked for; the period they need is a minute at least (Consul). */
const REAP_INTERVAL_MS = 30_000;
const PERIOD_MS_MIN = 60_000;

export interface ReaperCollaborators {
  readonly local: LocalState;
  readonly registrar: Registrar;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Deregisters services one of whose checks was critical for longer than its `deregister_critical_service_after`. */
export class Reaper {
  private timer: Timer | undefined;
  private isStopped = false;

  constructor(private readonly collaborators: ReaperCollaborators) {}

  start(): void {
    this.isStopped = false;
    this.arm();
  }

  private arm(): void {
    if (this.isStopped) return;
    this.timer ??= this.collaborators.clock.setTimer(REAP_INTERVAL_MS, () => {
      this.timer = undefined;
      void this.reap().finally(() => this.arm());
    });
  }

  stop(): void {
    this.isStopped = true;
    this.timer?.cancel();
    this.timer = undefined;
  }

  async reap(): Promise<void> {
    const { registrar, logger } = this.collaborators;
    for (const [serviceId, checkId] of this.overdue()) {
      logger.info('deregistering a service that stayed critical', { service: serviceId, check: checkId });
      await registrar.deregisterService(serviceId);
    }
  }

  private overdue(): ReadonlyMap<string, string> {
    const { local, clock } = this.collaborators;
    const found = new Map<string, string>();
    for (const { id, serviceId, definition, state } of local.checks()) {
      const afterMs = (definition?.deregisterCriticalServiceAfterNs ?? 0) / 1e6;
      const periodMs = afterMs > 0 ? Math.max(PERIOD_MS_MIN, afterMs) : 0;
      if (serviceId !== '' && isOverdue(state, periodMs, clock.monotonicMs())) found.set(serviceId, id);
    }
    return found;
  }
}
