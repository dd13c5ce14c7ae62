import type { Call } from '../http/call';
import type { Answering } from '../http/reply';
import type { Reads, ReadSpec } from './reads';

export const CATALOG = [{ kind: 'catalog' }] as const;

/** A read of the catalog: one that agents may answer from their cache with `?cached`. */
export function serveDiscovery(
  reads: Reads,
  call: Call,
  evaluate: ReadSpec['evaluate'],
  topics: ReadSpec['topics'] = CATALOG,
): Answering | Promise<Answering> {
  return reads.serve(call, { topics, family: 'discovery', cacheable: true, evaluate });
}
