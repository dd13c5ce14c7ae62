import { TYPE } from '../../wire/codes';
import { soaRecord, type ResolverContext } from '../context';
import type { DomainQuestion } from '../question';
import { found, noData, type Resolution } from '../resolution';

/**
 * `<hex>.addr`: the address that the label spells, whatever it is. The type of the question does not count, as in
 * Consul: these names are made by us, for SRV targets, and asked for with both families.
 */
export function resolveAddr(question: DomainQuestion, label: string, context: ResolverContext): Resolution {
  const isHex = /^(?:[0-9a-f]{8}|[0-9a-f]{32})$/i.test(label);
  if (!isHex) return noData(soaRecord(context, question.domain), 'not 8 or 32 hexadecimal digits', undefined);
  const address = Buffer.from(label, 'hex');
  const type = address.length === 4 ? TYPE.A : TYPE.AAAA;
  const record = { owner: question.name, ttl: context.settings.nodeTtl, data: { type, address } };
  return found([{ answers: [record], additional: [] }], undefined);
}
