import { serviceTtl } from '../../options';
import { TYPE } from '../../wire/codes';
import { addressFromReverse } from '../../wire/ip-address';
import { labelsOf, type Name } from '../../wire/name';
import { nameInDomain, nodeName, soaRecord, type ResolverContext } from '../context';
import type { Question } from '../question';
import { found, nameError, type Resolution } from '../resolution';

/**
 * Names below `in-addr.arpa` and `ip6.arpa`: the node with this address, else the service that has it for its own.
 * What we do not know goes to the recursors, or is NXDOMAIN (Consul 1.8 said SERVFAIL, later ones say NXDOMAIN too).
 */
export function resolvePtr(question: Question, context: ResolverContext): Resolution {
  const target = targetOf(question.name, context);
  if (target.kind === 'awaited' || target.kind === 'failed') return target;
  const domain = context.domains[0]!;
  if (target.kind === 'unknown') {
    if (context.settings.recursors.length > 0) return { kind: 'foreign' };
    return nameError(soaRecord(context, domain), 'no node or service with this address');
  }
  const record = { owner: question.name, ttl: target.ttl, data: { type: TYPE.PTR, target: target.name } };
  const authority = question.type === TYPE.SOA ? [soaRecord(context, domain)] : [];
  return found([{ answers: [record], additional: [] }], undefined, { authority });
}

/** True for names that {@link resolvePtr} answers. */
export function isReverseName(labels: readonly string[]): boolean {
  return labels.at(-1)?.toLowerCase() === 'arpa';
}

type Target =
  | { readonly kind: 'known'; readonly name: Name; readonly ttl: number }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'awaited'; readonly until: Promise<unknown> }
  | { readonly kind: 'failed'; readonly reason: string };

function targetOf(reverse: Name, context: ResolverContext): Target {
  const address = addressFromReverse(labelsOf(reverse));
  if (!address) return { kind: 'unknown' };
  const domain = context.domains[0]!;
  const node = context.catalog.nodeWithAddress(address);
  if (node.kind === 'awaited') return node;
  if (node.kind === 'unreachable') return { kind: 'failed', reason: 'no catalog' };
  const nodeTarget = node.value && nodeName(node.value.node, context, domain);
  if (nodeTarget) return { kind: 'known', name: nodeTarget, ttl: context.settings.nodeTtl };

  const service = context.serviceWithAddress(address);
  if (service.kind !== 'known') return service;
  const name = service.service && nameInDomain([service.service, 'service', context.datacenter], domain);
  return name ? { kind: 'known', name, ttl: serviceTtl(context.settings, service.service!) } : { kind: 'unknown' };
}
