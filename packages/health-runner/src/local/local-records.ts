import type { CheckDefinition, HealthCheck, ServiceDefinition } from '@tribune/protocol';
import type { CheckState } from '../core/check-state';

/** One service of this agent, as it is to stand in the catalog. */
export interface LocalServiceRecord {
  readonly id: string;
  readonly service: ServiceDefinition['service'];
  readonly token: string;
  readonly fromFile: boolean;
  /** The service this one was made for (`Connect.SidecarService`); it leaves with it. */
  readonly sidecarOf: string;
}

/** One check of this agent. Records are replaced, never changed. */
export interface LocalCheckRecord {
  readonly id: string;
  /** With id and name filled in. Undefined for maintenance, which nothing runs. */
  readonly definition: CheckDefinition | undefined;
  readonly name: string;
  readonly notes: string;
  readonly serviceId: string;
  readonly serviceName: string;
  readonly serviceTags: readonly string[] | null;
  readonly type: string;
  readonly state: CheckState;
  readonly fromFile: boolean;
}

/** The row as the API shows it and the catalog gets it. */
export function checkRow(record: LocalCheckRecord, node: string): HealthCheck {
  return {
    node,
    checkId: record.id,
    name: record.name,
    status: record.state.status,
    notes: record.notes,
    output: record.state.output,
    serviceId: record.serviceId,
    serviceName: record.serviceName,
    serviceTags: record.serviceTags,
    type: record.type,
    definition: {},
    createIndex: 0,
    modifyIndex: 0,
  };
}
