import { goDurationProblem, parseGoDuration } from '@tribune/platform';
import type { Session } from '@tribune/protocol';
import { NumberLiteral } from '../json/parse-json';
import { goString, goUint64, named, slice, struct, type GoType } from '../json/go-type';

/** A bare number below this is taken for seconds, above it for nanoseconds: nobody means a delay under a millisecond. */
const SMALLEST_NS = 1_000_000;

/** Text, a number of seconds or of nanoseconds; anything else is passed over. Undefined when not given. */
const lockDelay: GoType<number | undefined> = {
  name: 'interface {}',
  zero: undefined,
  read(value, decoding) {
    if (value instanceof NumberLiteral) {
      const number = Number(value.text);
      return Math.trunc(number < SMALLEST_NS ? number * 1e9 : number);
    }
    if (typeof value !== 'string') return undefined;
    const ns = parseGoDuration(value);
    if (ns === undefined) decoding.report(goDurationProblem(value));
    return ns;
  },
};

export const sessionRequest = struct(
  '',
  {
    ID: goString,
    Name: goString,
    Node: goString,
    LockDelay: lockDelay,
    Behavior: named('structs.SessionBehavior'),
    TTL: goString,
    NodeChecks: slice(goString),
    ServiceChecks: slice(struct('ServiceCheck', { ID: goString, Namespace: goString })),
    /** As clients wrote it before 1.7: now NodeChecks. */
    Checks: slice(named('types.CheckID')),
    CreateIndex: goUint64,
    ModifyIndex: goUint64,
  },
  { goName: 'struct { LockDelay interface {}; *structs.Alias }' },
);
export type SessionRequest = typeof sessionRequest extends GoType<infer T> ? T : never;

export function sessionJson(session: Session): Record<string, unknown> {
  return {
    ID: session.id,
    Name: session.name,
    Node: session.node,
    LockDelay: session.lockDelayNs,
    Behavior: session.behavior,
    TTL: session.ttl,
    NodeChecks: session.nodeChecks,
    ServiceChecks: session.serviceChecks?.map(({ id, namespace }) => ({ ID: id, Namespace: namespace })) ?? null,
    CreateIndex: session.createIndex,
    ModifyIndex: session.modifyIndex,
  };
}
