import { CONSUL_SERVICE_NAME } from '@tribune/protocol';
import { TYPE } from '../../wire/codes';
import { addressBytes } from '../../wire/ip-address';
import type { RecordGroup } from '../../wire/record';
import { addressRecord } from '../addresses';
import { nodeName, soaRecord, type ResolverContext } from '../context';
import type { DomainQuestion } from '../question';
import { found, noData, type Resolution } from '../resolution';
import { healthy } from '../service/health';

/** Name servers named in one answer. */
const NAME_SERVERS_MAX = 3;

/** SOA and NS, at any name of the domain: we are the authority, and the servers are its name servers. */
export function resolveZone(question: DomainQuestion, context: ResolverContext): Resolution {
  const servers = nameServers(question, context);
  if (servers.kind !== 'known') return servers;
  const soa = soaRecord(context, question.domain);
  if (question.type === TYPE.NS) {
    if (servers.groups.length === 0) return noData(soa, 'no server known', undefined);
    return found(servers.groups, undefined, { isPool: true, answersMax: NAME_SERVERS_MAX });
  }
  const shown = servers.groups.slice(0, NAME_SERVERS_MAX);
  const additional = shown.flatMap((group) => group.additional);
  return found([{ answers: [soa], additional }], undefined, { authority: shown.flatMap((group) => group.answers) });
}

function nameServers(
  { domain, type }: DomainQuestion,
  context: ResolverContext,
): Exclude<Resolution, { kind: 'answered' | 'foreign' }> | { kind: 'known'; groups: RecordGroup[] } {
  const lookup = context.catalog.instances(CONSUL_SERVICE_NAME);
  if (lookup.kind === 'awaited') return lookup;
  if (lookup.kind === 'unreachable') {
    return type === TYPE.NS ? { kind: 'failed', reason: 'no catalog' } : { kind: 'known', groups: [] };
  }
  const ttl = context.settings.nodeTtl;
  const groups = healthy(lookup.value ?? [], context.settings.onlyPassing).flatMap(
    ({ node, service }): RecordGroup[] => {
      const target = nodeName(node.node, context, domain);
      const address = addressBytes(service.address || node.address);
      if (!target || !address) return [];
      const record = addressRecord(target, address, ttl, TYPE.NS);
      return [
        { answers: [{ owner: domain, ttl, data: { type: TYPE.NS, target } }], additional: record ? [record] : [] },
      ];
    },
  );
  return { kind: 'known', groups };
}
