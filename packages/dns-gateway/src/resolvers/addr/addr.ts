import { TYPE } from '../../wire/codes';
import { soaRecord, type ResolverContext } from '../context';
import type { DomainQuestion } from '../question';
import { found, nameError, noData, type Resolution } from '../resolution';

/**
 * `<hex>.addr`: the address that the label spells, whatever it is. The type of the question does not count, as in
 * Consul: these names are made by us, for SRV targets, and asked for with both families. Labels of a wrong length exist in Consul, without data; other wrong ones do not.
 */
export function resolveAddr(question: DomainQuestion, label: string, context: ResolverContext): Resolution {
  const soa = soaRecord(context, question.domain);
  if (label.length !== 8 && label.length !== 32) return noData(soa, 'not 8 or 32 hexadecimal digits', undefined);
  if (!/^[0-9a-f]*$/i.test(label)) return nameError(soa, 'digits that are not hexadecimal');
  const address = Buffer.from(label, 'hex');
  const type = address.length === 4 ? TYPE.A : TYPE.AAAA;
  const record = { owner: question.name, ttl: context.settings.nodeTtl, data: { type, address } };
  return found([{ answers: [record], additional: [] }], undefined);
}
