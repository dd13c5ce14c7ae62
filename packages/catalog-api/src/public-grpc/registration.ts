import {
  invalidArgument,
  type CatalogDeregistration,
  type CatalogRegistration,
  type HealthCheck,
  type ServiceInstance,
} from '@tribune/protocol';
import { malformedUuid, type RegisterCommand, type Unindexed } from '@tribune/state-store';

type Service = NonNullable<RegisterCommand['service']>;
type Check = Unindexed<HealthCheck>;

const STATUSES: ReadonlySet<string> = new Set(['passing', 'warning', 'critical']);
/** Ports and SRV weights are 16 bits wide. */
const UINT16_MAX = 65_535;

/** Checks a registration and fills in what may be left out, as Consul's catalog endpoint does. */
export function registerCommand(registration: CatalogRegistration, datacenter: string): RegisterCommand {
  const { node, skipNodeUpdate = false, service, checks = [] } = registration;
  if (node.node === '') throw invalidArgument('node.node', 'is empty');
  if (node.address === '' && !skipNodeUpdate) throw invalidArgument('node.address', 'is empty');
  if (node.id !== '' && malformedUuid(node.id)) throw invalidArgument('node.id', `${node.id} is not a UUID`);
  if (node.datacenter !== '' && node.datacenter !== datacenter) {
    throw invalidArgument('node.datacenter', `${node.datacenter} is not this datacenter, ${datacenter}`);
  }
  const filled = service && fillService(service);
  return {
    type: 'register',
    node: { ...node, datacenter },
    skipNodeUpdate,
    ...(filled ? { service: filled } : {}),
    checks: checks.map((check, i) => fillCheck(check, `checks[${i}]`, node.node, filled)),
  };
}

export function checkDeregistration({ node, serviceId, checkId }: CatalogDeregistration): void {
  if (node === '') throw invalidArgument('node', 'is empty');
  if (serviceId !== undefined && checkId !== undefined) {
    throw invalidArgument('check_id', 'and service_id exclude one another');
  }
}

function fillService(service: Omit<Unindexed<ServiceInstance>, 'node'>): Service {
  if (service.service === '') throw invalidArgument('service.service', 'is empty');
  checkUint16('service.port', service.port);
  checkUint16('service.weights.passing', service.weights.passing);
  checkUint16('service.weights.warning', service.weights.warning);
  for (const [name, { port }] of Object.entries(service.taggedAddresses ?? {})) {
    checkUint16(`service.tagged_addresses[${name}].port`, port);
  }
  if (service.kind === 'connect-proxy' && !service.proxy?.DestinationServiceName) {
    throw invalidArgument('service.proxy_json', 'DestinationServiceName is missing');
  }
  return { ...service, id: service.id === '' ? service.service : service.id };
}

function checkUint16(field: string, value: number): void {
  if (!Number.isInteger(value) || value < 0 || value > UINT16_MAX)
    throw invalidArgument(field, `${value} is not between 0 and ${UINT16_MAX}`);
}

/** The id is the name when left out, the status critical: nothing is healthy before somebody has looked. */
function fillCheck(check: Check, field: string, node: string, service: Service | undefined): Check {
  const checkId = check.checkId === '' ? check.name : check.checkId;
  if (checkId === '') throw invalidArgument(`${field}.check_id`, 'is empty');
  if (check.node !== '' && check.node.toLowerCase() !== node.toLowerCase())
    throw invalidArgument(`${field}.node`, `${check.node} is not ${node}`);
  const status = check.status === '' ? 'critical' : check.status;
  if (!STATUSES.has(status))
    throw invalidArgument(`${field}.status`, `${status} is none of passing, warning, critical`);
  const isOfService = service !== undefined && check.serviceId === service.id;
  return { ...check, node, checkId, status, serviceName: isOfService ? service.service : check.serviceName };
}
