import type { Source } from '../catalog/catalog-reader';
import type { Answer } from '../wire/answer-set';
import { RCODE } from '../wire/codes';
import type { RecordGroup, ResourceRecord } from '../wire/record';

/** What a resolver makes of a question. */
export type Resolution =
  | {
      readonly kind: 'answered';
      readonly answer: Answer;
      /** What was read: the answer holds until one of these changes. undefined: not to be kept. */
      readonly sources: readonly Source[] | undefined;
      /** For an empty answer: why, in a few words, for the query log. */
      readonly reason?: string;
    }
  /** A first snapshot or a recursor's answer has to arrive; ask again then. */
  | { readonly kind: 'awaited'; readonly until: Promise<unknown> }
  /** We cannot say: SERVFAIL. */
  | { readonly kind: 'failed'; readonly reason: string }
  /** Not one of our names. */
  | { readonly kind: 'foreign' };

export function found(
  groups: readonly RecordGroup[],
  sources: readonly Source[] | undefined,
  options: {
    readonly isPool?: boolean;
    readonly answersMax?: number;
    readonly authority?: readonly ResourceRecord[];
  } = {},
): Resolution {
  const { isPool = false, answersMax = 0, authority = [] } = options;
  return {
    kind: 'answered',
    sources,
    answer: { rcode: RCODE.NOERROR, groups, isPool, answersMax, authority, additional: [] },
  };
}

/** The name does not exist. Never kept: askers could fill the memory with names. */
export function nameError(soa: ResourceRecord, reason: string): Resolution {
  const answer = { rcode: RCODE.NXDOMAIN, groups: [], isPool: false, answersMax: 0, authority: [soa], additional: [] };
  return { kind: 'answered', answer, sources: undefined, reason };
}

/** The name exists, but has no record of this type. */
export function noData(
  soa: ResourceRecord,
  reason: string,
  sources: readonly Source[] | undefined,
  additional: readonly ResourceRecord[] = [],
): Resolution {
  const answer = { rcode: RCODE.NOERROR, groups: [], isPool: false, answersMax: 0, authority: [soa], additional };
  return { kind: 'answered', answer, sources, reason };
}
