import type { CheckDefinition, ServiceDefinition } from '@tribune/protocol';

/** Fills in what a service's checks leave open: `service:<id>` or `service:<id>:<n>`, and a name. */
export function namedChecks({ service, checks }: ServiceDefinition): CheckDefinition[] {
  return checks.map((check, i) => ({
    ...check,
    checkId: check.checkId || (checks.length > 1 ? `service:${service.id}:${i + 1}` : `service:${service.id}`),
    name: check.name || `Service '${service.service}' check`,
    serviceId: service.id,
  }));
}
