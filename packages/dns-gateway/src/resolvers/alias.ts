import type { Source } from '../catalog/catalog-reader';
import { TYPE } from '../wire/codes';
import { isWithin, nameFromText, type Name } from '../wire/name';
import type { RecordGroup, ResourceRecord } from '../wire/record';
import type { ResolveName, ResolverContext } from './context';
import type { Question } from './question';

/** Addresses behind a host name that stands where an address should. */
export type Behind =
  | { readonly kind: 'awaited'; readonly until: Promise<unknown> }
  | {
      readonly kind: 'known';
      readonly records: readonly ResourceRecord[];
      readonly sources: readonly Source[];
      /** The records hold until a source changes; those of a recursor grow old. */
      readonly isFixed: boolean;
    };

export type AliasGroup =
  | { readonly kind: 'awaited'; readonly until: Promise<unknown> }
  | { readonly kind: 'unusable' }
  | {
      readonly kind: 'known';
      readonly group: RecordGroup;
      readonly sources: readonly Source[];
      readonly isFixed: boolean;
    };

/** Longer chains of aliases end without an address; a loop ends here too. */
const ALIAS_DEPTH_MAX = 3;

/** CNAME to the host name, and behind it the addresses we can find. */
export function aliasGroup(
  question: Question,
  host: string,
  ttl: number,
  context: ResolverContext,
  resolveName: ResolveName,
  depth: number,
): AliasGroup {
  const target = nameFromText(host);
  if (!target || target.length === 1) return { kind: 'unusable' };
  const behind = addressesBehind(target, question.type, context, resolveName, depth);
  if (behind.kind === 'awaited') return behind;
  const alias: ResourceRecord = { owner: question.name, ttl, data: { type: TYPE.CNAME, target } };
  return { ...behind, group: { answers: [alias, ...behind.records], additional: [] } };
}

/** Our own names from memory, foreign ones from the recursors. */
export function addressesBehind(
  target: Name,
  asked: number,
  context: ResolverContext,
  resolveName: ResolveName,
  depth: number,
): Behind {
  const nothing: Behind = { kind: 'known', records: [], sources: [], isFixed: true };
  if (depth >= ALIAS_DEPTH_MAX) return nothing;
  const type = asked === TYPE.AAAA ? TYPE.AAAA : TYPE.A;
  if (!context.domains.some((domain) => isWithin(target, domain))) {
    const external = context.external(target, type);
    return external.kind === 'awaited' ? external : { ...nothing, records: external.records, isFixed: false };
  }
  const resolution = resolveName(target, type, depth + 1);
  if (resolution.kind === 'awaited') return resolution;
  if (resolution.kind !== 'answered') return nothing;
  const records = resolution.answer.groups.flatMap((group) => group.answers);
  return { kind: 'known', records, sources: resolution.sources ?? [], isFixed: resolution.sources !== undefined };
}
