import {
  findNode,
  listNodes,
  listServices,
  nodeServices,
  serviceInstances,
  type InstanceFilter,
  type Meta,
  type ReadTables,
} from '@tribune/state-store';
import type { Evaluated } from '../answers/content';
import type { Writes } from '../answers/writes';
import { filterRows, type Filter } from '../filter/filter';
import { serverError } from '../http/http-error';
import { sortedMap } from '../json/go-json';
import {
  nodeJson,
  nodeRows,
  nodeServiceListJson,
  nodeServicesJson,
  serviceNodeJson,
  serviceNodeRows,
} from './catalog.json';
import { instanceProblem } from './instance-validation';
import { sortNear, watchNear } from './near';
import type { Wanted } from './query-parameters';
import { uuidProblem } from './uuid';
import type { RegisterRequest } from './register.json';
import { registerCommand } from './register-command';

/** Addresses that mean "any" and so reach nothing. */
const ANY_ADDRESS = new Set(['0.0.0.0', '::', '[::]']);

/** Nodes and services: the reads as evaluations over tables, the writes as commands. */
export class CatalogService {
  constructor(
    private readonly writes: Writes,
    private readonly datacenter: string,
  ) {}

  nodes(tables: ReadTables, nodeMeta: Meta | undefined, { filter, near }: Wanted): Evaluated {
    const { index, watch, value } = listNodes(tables, { nodeMeta });
    const rows = sortNear(tables, near, filterRows(value, filter, nodeJson), ({ node }) => node);
    return { index, watch: watchNear(near, watch), content: { kind: 'list', rows, encode: nodeRows.encode } };
  }

  /** Names with their tags; tags as a sorted list. */
  services(tables: ReadTables, nodeMeta: Meta | undefined): Evaluated {
    const { index, watch, value } = listServices(tables, { nodeMeta });
    return { index, watch, content: { kind: 'json', value: sortedMap(Object.fromEntries(value)) } };
  }

  instances(tables: ReadTables, service: string, wanted: InstanceFilter, { filter, near }: Wanted): Evaluated {
    const { index, watch, value } = serviceInstances(tables, service, wanted);
    const rows = sortNear(tables, near, filterRows(value, filter, serviceNodeJson), ({ node }) => node.node);
    return { index, watch: watchNear(near, watch), content: { kind: 'list', rows, encode: serviceNodeRows.encode } };
  }

  node(tables: ReadTables, name: string, filter: Filter): Evaluated {
    const { index, watch, value } = nodeServices(tables, name);
    return { index, watch, content: { kind: 'json', value: value ? nodeServicesJson(value, filter) : null } };
  }

  nodeServices(tables: ReadTables, name: string, filter: Filter): Evaluated {
    const { index, watch, value } = nodeServices(tables, name);
    const found = value ? nodeServiceListJson(value, filter) : { Node: null, Services: null };
    return { index, watch, content: { kind: 'json', value: found } };
  }

  /** No gateway can be bound to services here yet: the list is empty for every gateway, as for one without services. */
  gatewayServices(tables: ReadTables): Evaluated {
    const { watch } = findNode(tables, '');
    return { index: 1, watch, content: { kind: 'json', value: null } };
  }

  async register(request: RegisterRequest): Promise<boolean> {
    const problem = registerProblem(request);
    if (problem !== undefined) throw serverError(problem);
    return this.writes.ask(registerCommand(request, this.datacenter));
  }

  async deregister(node: string, serviceId: string, checkId: string): Promise<boolean> {
    if (node === '') throw serverError('Must provide node');
    return this.writes.ask({
      type: 'deregister',
      node,
      serviceId: serviceId || undefined,
      checkId: checkId || undefined,
    });
  }
}

/** What Consul's servers check before they write. */
function registerProblem(request: RegisterRequest): string | undefined {
  if (request.Node === '') return 'Must provide node';
  if (request.Address === '' && !request.SkipNodeUpdate) return 'Must provide address if SkipNodeUpdate is not set';
  const idProblem = request.ID === '' ? undefined : uuidProblem(request.ID);
  if (idProblem !== undefined) return `Bad node ID: ${idProblem}`;
  const { Service: service } = request;
  if (service === null) return undefined;
  const problem = instanceProblem(service);
  if (problem !== undefined) return problem;
  if (service.ID !== '' && service.Service === '') return 'Must provide service name with ID';
  return ANY_ADDRESS.has(service.Address) ? 'Invalid service address' : undefined;
}
