import { TYPE } from '../wire/codes';
import { labelsOf, type Name } from '../wire/name';
import { resolveAddr } from './addr/addr';
import { isOurDatacenter, soaRecord, type ResolverContext } from './context';
import { resolveNode } from './node/node';
import { isReverseName, resolvePtr } from './ptr/ptr';
import { inDomains, type DomainQuestion, type Question } from './question';
import { nameError, type Resolution } from './resolution';
import { parseServiceName } from './service/service-name';
import { resolveConnect, resolveService } from './service/service';
import { resolveZone } from './zone/zone';

/** From question to records. Reads memory only, so the same question may be asked again when something has arrived. */
export function resolve(question: Question, context: ResolverContext): Resolution {
  if (isReverseName(labelsOf(question.name))) return resolvePtr(question, context);
  return resolveAt(question.name, question.type, context, 0);
}

function resolveAt(name: Name, type: number, context: ResolverContext, depth: number): Resolution {
  const question = inDomains({ name, type }, context.domains);
  if (!question) return { kind: 'foreign' };
  if (type === TYPE.SOA || type === TYPE.NS) return resolveZone(question, context);
  return resolveKind(question, context, depth);
}

const KINDS: ReadonlySet<string> = new Set(['service', 'connect', 'node', 'addr']);

/** The last label that names a kind splits the name: what is asked for before it, the datacenter behind it. */
function resolveKind(question: DomainQuestion, context: ResolverContext, depth: number): Resolution {
  const { labels } = question;
  const refuse = (reason: string): Resolution => nameError(soaRecord(context, question.domain), reason);
  const resolveName = (name: Name, type: number, deeper: number): Resolution => resolveAt(name, type, context, deeper);
  let at = labels.findLastIndex((label) => KINDS.has(label.toLowerCase()));
  let kind = labels[at]?.toLowerCase();
  if (question.type === TYPE.SRV) {
    // RFC 2782 names do without `.service`: what follows the last label with an underscore is the datacenter.
    const underscored = labels.findLastIndex((label) => label.startsWith('_'));
    if (underscored > at) [at, kind] = [underscored + 1, 'service'];
  }
  if (kind === undefined) return refuse('no kind of name that we know');
  const front = labels.slice(0, at);
  const suffixes = labels.slice(KINDS.has(labels[at]?.toLowerCase() ?? '') ? at + 1 : at);
  // The label tells an address, not a place: Consul answers it in any datacenter.
  if (kind === 'addr') return front.length === 1 ? resolveAddr(question, front[0]!, context) : refuse('not one label');
  if (!isOurDatacenter(suffixes, context)) return refuse('no such datacenter');
  if (front.length === 0) return refuse('no name before the kind');

  switch (kind) {
    case 'node':
      return resolveNode(question, front.join('.'), context, resolveName, depth);
    case 'connect':
      return resolveConnect(question, front.at(-1)!, context, resolveName, depth);
    default:
      return resolveService(question, parseServiceName(front)!, context, resolveName, depth);
  }
}
