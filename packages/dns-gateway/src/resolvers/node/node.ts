import { addressBytes } from '../../wire/ip-address';
import { TYPE } from '../../wire/codes';
import type { RecordGroup, ResourceRecord } from '../../wire/record';
import { addressRecord } from '../addresses';
import { aliasGroup } from '../alias';
import { soaRecord, type ResolveName, type ResolverContext } from '../context';
import type { DomainQuestion } from '../question';
import { found, nameError, noData, type Resolution } from '../resolution';
import { metaRecords } from './node-records';

const HAS_NODE_RECORDS: ReadonlySet<number> = new Set([TYPE.A, TYPE.AAAA, TYPE.TXT, TYPE.ANY]);
const HAS_ADDRESS: ReadonlySet<number> = new Set([TYPE.A, TYPE.AAAA, TYPE.ANY]);

/** `<node>.node`: its address, or the alias when that is a host name; TXT of its metadata. */
export function resolveNode(
  question: DomainQuestion,
  nodeName: string,
  context: ResolverContext,
  resolveName: ResolveName,
  depth: number,
): Resolution {
  const lookup = context.catalog.node(nodeName);
  if (lookup.kind === 'awaited') return lookup;
  if (lookup.kind === 'unreachable') return { kind: 'failed', reason: 'no catalog' };
  const soa = soaRecord(context, question.domain);
  const node = lookup.value;
  if (!node) return nameError(soa, 'no such node');
  if (!HAS_NODE_RECORDS.has(question.type)) return noData(soa, 'no record of this type', lookup.sources);

  const { nodeTtl, enableAdditionalNodeMetaTxt } = context.settings;
  const asksForText = question.type === TYPE.TXT || question.type === TYPE.ANY;
  const texts = asksForText || enableAdditionalNodeMetaTxt ? metaRecords(question.name, node, nodeTtl) : [];
  const textGroups = asksForText ? texts.map((text): RecordGroup => ({ answers: [text], additional: [] })) : [];
  const additional: readonly ResourceRecord[] = asksForText ? [] : texts;

  if (!HAS_ADDRESS.has(question.type)) {
    return textGroups.length > 0 ? found(textGroups, lookup.sources) : noData(soa, 'no metadata', lookup.sources);
  }
  const address = addressBytes(node.address);
  if (!address) {
    const alias = aliasGroup(question, node.address, nodeTtl, context, resolveName, depth);
    if (alias.kind === 'awaited') return alias;
    if (alias.kind === 'unusable') return noData(soa, 'the node address is no DNS name', lookup.sources);
    return found([alias.group, ...textGroups], alias.isFixed ? [...lookup.sources, ...alias.sources] : undefined);
  }
  const record = addressRecord(question.name, address, nodeTtl, question.type);
  if (!record && textGroups.length === 0) return noData(soa, 'no address of this family', lookup.sources, additional);
  return found([...(record ? [{ answers: [record], additional }] : []), ...textGroups], lookup.sources);
}
