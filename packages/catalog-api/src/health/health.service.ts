import type { HealthCheck } from '@tribune/protocol';
import {
  checksInState,
  nodeChecks,
  serviceChecks,
  serviceHealth,
  type HealthFilter,
  type Indexed,
  type Meta,
  type ReadTables,
} from '@tribune/state-store';
import type { Evaluated } from '../answers/content';
import { checkJson, checkRows } from '../catalog/catalog.json';
import type { Wanted } from '../catalog/query-parameters';
import { sortNear, watchNear } from '../catalog/near';
import { filterRows } from '../filter/filter';
import { healthJson, healthRows } from './health.json';

/** Checks, and instances with the checks that decide about them. */
export class HealthService {
  instances(tables: ReadTables, service: string, wanted: HealthFilter, { filter, near }: Wanted): Evaluated {
    const { index, watch, value } = serviceHealth(tables, service, wanted);
    const rows = sortNear(tables, near, filterRows(value, filter, healthJson), ({ node }) => node.node);
    return { index, watch: watchNear(near, watch), content: { kind: 'list', rows, encode: healthRows.encode } };
  }

  onNode(tables: ReadTables, node: string, wanted: Wanted): Evaluated {
    return checks(tables, nodeChecks(tables, node), wanted);
  }

  ofService(tables: ReadTables, service: string, nodeMeta: Meta | undefined, wanted: Wanted): Evaluated {
    return checks(tables, serviceChecks(tables, service, { nodeMeta }), wanted);
  }

  inState(tables: ReadTables, state: string, nodeMeta: Meta | undefined, wanted: Wanted): Evaluated {
    return checks(tables, checksInState(tables, state, { nodeMeta }), wanted);
  }
}

function checks(tables: ReadTables, found: Indexed<readonly HealthCheck[]>, { filter, near }: Wanted): Evaluated {
  const kept = filterRows(found.value, filter, checkJson);
  const rows = sortNear(tables, near, kept, ({ node }) => node);
  return {
    index: found.index,
    watch: watchNear(near, found.watch),
    content: { kind: 'list', rows, encode: checkRows.encode },
  };
}
