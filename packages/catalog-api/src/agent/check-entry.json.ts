import type { HealthCheck } from '@tribune/protocol';

/** One entry of `/v1/agent/checks`. */
export function checkEntryJson(check: HealthCheck): Record<string, unknown> {
  return { ...common(check), ServiceTags: check.serviceTags ?? [], Type: check.type, Definition: {}, ...INDEXES };
}

/** The same check inside `/v1/agent/health/service/…`, where Consul prints its client library's type with all zeros. */
export function aggregatedCheckJson(check: HealthCheck): Record<string, unknown> {
  const tags = check.serviceTags?.length ? check.serviceTags : null;
  return { ...common(check), ServiceTags: tags, Type: '', Definition: EMPTY_DEFINITION, ...INDEXES };
}

const INDEXES = { CreateIndex: 0, ModifyIndex: 0 };

const EMPTY_DEFINITION = {
  Interval: '0s',
  Timeout: '0s',
  DeregisterCriticalServiceAfter: '0s',
  HTTP: '',
  Header: null,
  Method: '',
  Body: '',
  TLSSkipVerify: false,
  TCP: '',
};

const common = (check: HealthCheck): Record<string, unknown> => ({
  Node: check.node,
  CheckID: check.checkId,
  Name: check.name,
  Status: check.status,
  Notes: check.notes,
  Output: check.output,
  ServiceID: check.serviceId,
  ServiceName: check.serviceName,
});
