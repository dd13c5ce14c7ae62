import { NODE_MAINTENANCE_CHECK_ID, SERVICE_MAINTENANCE_CHECK_PREFIX, type AgentOutcome } from '@tribune/protocol';
import type { AgentStore } from '../persistence/agent-store';
import type { CheckDesk } from './check-desk';
import type { LocalCheckRecord } from './local-records';
import type { LocalState } from './local-state';
import { DONE, notFound } from './outcomes';

export interface MaintenanceCollaborators {
  readonly local: LocalState;
  readonly desk: CheckDesk;
  readonly store: AgentStore;
}

const defaultReason = (what: string): string =>
  `Maintenance mode is enabled for this ${what}, but no reason was provided. This is a default message.`;

/** Maintenance is a critical check of its own that takes the node or service out of answers, and survives a restart. */
export class Maintenance {
  constructor(private readonly collaborators: MaintenanceCollaborators) {}

  async node(enable: boolean, reason: string): Promise<AgentOutcome> {
    await this.set(enable, {
      id: NODE_MAINTENANCE_CHECK_ID,
      name: 'Node Maintenance Mode',
      notes: reason || defaultReason('node'),
      serviceId: '',
      serviceName: '',
      serviceTags: null,
      type: 'maintenance',
    });
    return DONE;
  }

  async service(serviceId: string, enable: boolean, reason: string): Promise<AgentOutcome> {
    const record = this.collaborators.local.service(serviceId);
    if (!record) return notFound(`No service registered with ID "${serviceId}"`);
    await this.set(enable, {
      id: SERVICE_MAINTENANCE_CHECK_PREFIX + serviceId,
      name: 'Service Maintenance Mode',
      notes: reason || defaultReason('service'),
      serviceId,
      serviceName: record.service.service,
      serviceTags: record.service.tags,
      type: 'maintenance',
    });
    return DONE;
  }

  /** Enabling what is enabled keeps the first reason, as Consul does. */
  private async set(
    enable: boolean,
    record: Omit<LocalCheckRecord, 'definition' | 'state' | 'fromFile'>,
  ): Promise<void> {
    const { local, desk, store } = this.collaborators;
    if (!enable) return desk.remove(record.id);
    if (local.check(record.id)) return;
    desk.addFixed(record);
    const { name, notes, serviceId, type } = record;
    await store.checks.put(record.id, { name, notes, serviceId, type });
  }
}
