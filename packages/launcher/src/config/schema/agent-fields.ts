import { clusterFields } from './cluster';
import { discoveryFields } from './discovery';
import type { AnyLeaf, Decoded, Fields, Given } from './field';
import { identityFields } from './identity';
import { networkFields } from './network';
import { unservedFields } from './unserved';

/** Every configuration key, in Consul's names: its kind, default, flag, help and whether Tribune serves it. */
export const agentFields = {
  ...identityFields,
  ...networkFields,
  ...clusterFields,
  ...discoveryFields,
  ...unservedFields,
};

export type DecodedAgent = Decoded<typeof agentFields>;
export type GivenAgent = Given<typeof agentFields>;

export interface PathedLeaf {
  readonly path: readonly string[];
  readonly leaf: AnyLeaf;
}

/** All leaves with their paths, in the order of the table. */
export function leavesOf(fields: Fields, prefix: readonly string[] = []): readonly PathedLeaf[] {
  return Object.entries(fields).flatMap(([key, field]) => {
    const path = [...prefix, key];
    return field.kind === 'group' ? leavesOf(field.fields, path) : [{ path, leaf: field }];
  });
}
