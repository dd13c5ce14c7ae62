import type { CheckServiceNode } from '@tribune/protocol';
import type { Lookup } from '../../catalog/catalog-reader';
import { serviceTtl } from '../../options';
import { TYPE } from '../../wire/codes';
import { soaRecord, type ResolveName, type ResolverContext } from '../context';
import type { DomainQuestion } from '../question';
import { found, nameError, noData, type Resolution } from '../resolution';
import { healthy, withTag } from './health';
import { addressRecords, srvRecords, type RecordMaking } from './instance-records';
import type { ServiceLookup } from './service-name';

/**
 * `[<tag>.]<service>.service`: find the instances, keep those that are well, make records of them.
 *
 *     name unknown, no instance with the tag, none well   NXDOMAIN: clients then try their next search domain
 *     instances, but none with an address of this family  NODATA
 */
export function resolveService(
  question: DomainQuestion,
  { service, tag }: ServiceLookup,
  context: ResolverContext,
  resolveName: ResolveName,
  depth: number,
): Resolution {
  return answerWith(context.catalog.instances(service), service, tag, { question, context, resolveName, depth });
}

/** `<service>.connect`: the proxies and Connect-native instances that stand for the service. */
export function resolveConnect(
  question: DomainQuestion,
  service: string,
  context: ResolverContext,
  resolveName: ResolveName,
  depth: number,
): Resolution {
  return answerWith(context.catalog.connectInstances(service), service, '', { question, context, resolveName, depth });
}

function answerWith(
  lookup: Lookup<readonly CheckServiceNode[] | undefined>,
  service: string,
  tag: string,
  making: Omit<RecordMaking, 'ttl'>,
): Resolution {
  if (lookup.kind === 'awaited') return lookup;
  if (lookup.kind === 'unreachable') return { kind: 'failed', reason: 'no catalog' };
  const { question, context } = making;
  const soa = soaRecord(context, question.domain);
  if (!lookup.value) return nameError(soa, 'no such service');

  const tagged = withTag(lookup.value, tag);
  if (tagged.length === 0) return nameError(soa, tag === '' ? 'no instance' : 'no instance with this tag');
  const well = healthy(tagged, context.settings.onlyPassing);
  if (well.length === 0) return nameError(soa, 'no healthy instance');

  const isSrv = question.type === TYPE.SRV;
  const full = { ...making, ttl: serviceTtl(context.settings, service) };
  const records = isSrv ? srvRecords(well, full) : addressRecords(well, full);
  if (records.kind === 'awaited') return records;
  const sources = records.isFixed ? [...lookup.sources, ...records.sources] : undefined;
  if (records.groups.length === 0) return noData(soa, 'no record of this type', sources);
  return found(records.groups, sources, { isPool: true, answersMax: isSrv ? 0 : context.settings.aRecordLimit });
}
