import type { CheckServiceNode } from '@tribune/protocol';
import type { Source } from '../../catalog/catalog-reader';
import { TYPE } from '../../wire/codes';
import { addressBytes } from '../../wire/ip-address';
import { nameFromText, nameKey, type Name } from '../../wire/name';
import type { RecordGroup, ResourceRecord } from '../../wire/record';
import { addressLabel, addressRecord } from '../addresses';
import { addressesBehind, aliasGroup } from '../alias';
import { nameInDomain, nodeName, type ResolveName, type ResolverContext } from '../context';
import { metaRecords } from '../node/node-records';
import type { DomainQuestion } from '../question';
import { weightOf } from './health';

/** The records of a service's instances, one group each, and what they were made of. */
export interface InstanceGroups {
  readonly groups: readonly RecordGroup[];
  readonly sources: readonly Source[];
  /** False when a recursor had a part in it. */
  readonly isFixed: boolean;
}
export type InstanceRecords =
  ({ readonly kind: 'known' } & InstanceGroups) | { readonly kind: 'awaited'; readonly until: Promise<unknown> };

export interface RecordMaking {
  readonly question: DomainQuestion;
  readonly ttl: number;
  readonly context: ResolverContext;
  readonly resolveName: ResolveName;
  readonly depth: number;
}

type OneInstance =
  | { readonly kind: 'awaited'; readonly until: Promise<unknown> }
  | { readonly kind: 'nothing' }
  | {
      readonly kind: 'known';
      readonly id: string;
      readonly group: RecordGroup;
      readonly sources: readonly Source[];
      readonly isFixed: boolean;
    };

/** A, AAAA, ANY (and TXT): one record per address, however many instances share it. */
export function addressRecords(instances: readonly CheckServiceNode[], making: RecordMaking): InstanceRecords {
  return gather(instances, (instance) => addressGroup(instance, making));
}

/** SRV: one record per host and port, with the addresses of its target and the node's metadata beside it. */
export function srvRecords(instances: readonly CheckServiceNode[], making: RecordMaking): InstanceRecords {
  return gather(instances, (instance) => srvGroup(instance, making));
}

function gather(
  instances: readonly CheckServiceNode[],
  make: (instance: CheckServiceNode) => OneInstance,
): InstanceRecords {
  const groups = new Map<string, RecordGroup>();
  const sources: Source[] = [];
  let isFixed = true;
  for (const instance of instances) {
    const made = make(instance);
    if (made.kind === 'awaited') return made;
    if (made.kind === 'nothing' || groups.has(made.id)) continue;
    groups.set(made.id, made.group);
    sources.push(...made.sources);
    isFixed &&= made.isFixed;
  }
  return { kind: 'known', groups: [...groups.values()], sources, isFixed };
}

const hostOf = ({ node, service }: CheckServiceNode): string => service.address || node.address;

function addressGroup(instance: CheckServiceNode, making: RecordMaking): OneInstance {
  const { question, ttl, context, resolveName, depth } = making;
  const host = hostOf(instance);
  const address = addressBytes(host);
  if (address) {
    const record = addressRecord(question.name, address, ttl, question.type);
    if (!record) return { kind: 'nothing' };
    return {
      kind: 'known',
      id: addressLabel(address),
      group: { answers: [record], additional: [] },
      sources: [],
      isFixed: true,
    };
  }
  const alias = aliasGroup(question, host, ttl, context, resolveName, depth);
  if (alias.kind === 'unusable') return { kind: 'nothing' };
  return alias.kind === 'awaited' ? alias : { ...alias, id: host.toLowerCase() };
}

function srvGroup(instance: CheckServiceNode, making: RecordMaking): OneInstance {
  const { question, ttl, context } = making;
  const { node, service } = instance;
  const inNodeDomain = nodeName(node.node, context, question.domain);
  const texts =
    inNodeDomain && context.settings.enableAdditionalNodeMetaTxt ? metaRecords(inNodeDomain, node, ttl) : [];
  const place = srvTarget(instance, inNodeDomain, making);
  if (place.kind !== 'known') return place;
  const data = { type: TYPE.SRV, priority: 1, weight: weightOf(instance), port: service.port, target: place.target };
  const group = { answers: [{ owner: question.name, ttl, data }], additional: [...place.addresses, ...texts] };
  const id = `${nameKey(place.target)}:${service.port}`;
  return { kind: 'known', id, group, sources: place.sources, isFixed: place.isFixed };
}

type SrvTarget =
  | { readonly kind: 'awaited'; readonly until: Promise<unknown> }
  | { readonly kind: 'nothing' }
  | {
      readonly kind: 'known';
      readonly target: Name;
      readonly addresses: readonly ResourceRecord[];
      readonly sources: readonly Source[];
      readonly isFixed: boolean;
    };

/** The node's name; `<hex>.addr` for an address of the service's own (or a node whose name DNS cannot hold); a host name as it is. */
function srvTarget(instance: CheckServiceNode, inNodeDomain: Name | undefined, making: RecordMaking): SrvTarget {
  const { question, ttl, context, resolveName, depth } = making;
  const host = hostOf(instance);
  const address = addressBytes(host);
  if (!address) {
    const target = nameFromText(host);
    if (!target || target.length === 1) return { kind: 'nothing' };
    const behind = addressesBehind(target, TYPE.A, context, resolveName, depth);
    return behind.kind === 'awaited' ? behind : { ...behind, target, addresses: behind.records };
  }
  const underAddr = (): Name | undefined =>
    nameInDomain([addressLabel(address), 'addr', context.datacenter], question.domain);
  const target = (instance.service.address === '' ? inNodeDomain : undefined) ?? underAddr();
  if (!target) return { kind: 'nothing' };
  const record = addressRecord(target, address, ttl, TYPE.SRV);
  return { kind: 'known', target, addresses: record ? [record] : [], sources: [], isFixed: true };
}
