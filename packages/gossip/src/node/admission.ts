import type { Pool } from '@tribune/protocol';
import type { Alive } from '../core/messages';
import { decodeTags } from '../serf/tags-codec';

export interface AdmissionRule {
  readonly pool: Pool;
  readonly name: string;
  readonly datacenter: string;
  /** This agent's own node id tag; empty: none. */
  readonly id: string;
}

/**
 * Why a member must not be in the pool, in Consul's words; undefined lets it in. Members without Consul's tags (plain
 * serf agents) are nobody's business but their own.
 */
export function refusal({ pool, name, datacenter, id }: AdmissionRule, { node, meta }: Alive): string | undefined {
  const tags = decodeTags(meta);
  if (pool === 'wan') return tags.role === 'node' ? `Member '${node}' is not a server` : undefined;
  if (tags.dc !== undefined && tags.dc !== datacenter) return `Member '${node}' part of wrong datacenter '${tags.dc}'`;
  if (id !== '' && tags.id === id && node !== name) {
    return `Member '${node}' has conflicting node ID '${id}' with this agent's ID`;
  }
  return undefined;
}
