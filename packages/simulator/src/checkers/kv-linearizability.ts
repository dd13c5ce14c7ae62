import { groupByKey } from './group-by-key';
import type { KvOperation, KvRow } from './kv-history';
import { search, type Finding, type Model } from './search';

export type KvVerdict =
  | { readonly kind: 'linearizable'; readonly operations: number }
  | {
      readonly kind: 'violation';
      readonly key: string;
      readonly reason: string;
      readonly prefix: readonly KvOperation[];
    }
  /** The search was cut off. Never a pass. */
  | { readonly kind: 'undecided'; readonly key: string };

/**
 * Judges what clients were told of values, indexes and locks. The cheap rules come first: a write has one ModifyIndex,
 * whoever reads it, and no two writes share one. In the order that is looked for, indexes rise.
 */
export function checkKvLinearizability(history: readonly KvOperation[], stepsMax?: number): KvVerdict {
  for (const [key, operations] of groupByKey(history)) {
    // A read that nobody got an answer from says nothing.
    const telling = operations.filter(({ action, answer }) => action.kind !== 'get' || answer !== undefined);
    const indexes = new Map<string, number>();
    const reason = collectIndexes(telling, indexes);
    if (reason !== undefined) return { kind: 'violation', key, reason, prefix: [] };
    const finding = searchWithFewUnknowns(telling, indexes, stepsMax);
    if (finding.kind === 'undecided') return { kind: 'undecided', key };
    if (finding.kind === 'impossible') {
      return { kind: 'violation', key, reason: 'no order explains the answers', prefix: finding.prefix };
    }
  }
  return { kind: 'linearizable', operations: history.length };
}

/**
 * An unknown write that nobody ever read may be thought never to have happened: an order without it is an order. Only if
 * there is none, it is let in; there are fewer ways to try in this manner.
 */
function searchWithFewUnknowns(
  operations: readonly KvOperation[],
  indexes: ReadonlyMap<string, number>,
  stepsMax?: number,
): Finding<KvOperation> {
  const model = kvModel(indexes);
  const isTold = ({ answer, action }: KvOperation): boolean =>
    answer !== undefined || ('value' in action && indexes.has(action.value));
  const first = search(operations.filter(isTold), model, stepsMax);
  return first.kind === 'possible' ? first : search(operations, model, stepsMax);
}

/** Which ModifyIndex each written value got, as far as anyone read it; says what is wrong with them. */
function collectIndexes(operations: readonly KvOperation[], indexes: Map<string, number>): string | undefined {
  const values = new Map<number, string>();
  for (const { answer } of operations) {
    if (!answer || !('row' in answer) || !answer.row) continue;
    const { value, modifyIndex } = answer.row;
    const index = indexes.get(value) ?? modifyIndex;
    const owner = values.get(modifyIndex) ?? value;
    if (index !== modifyIndex) return `${value} was written at index ${index} and at ${modifyIndex}`;
    if (owner !== value) return `${owner} and ${value} were both written at index ${modifyIndex}`;
    indexes.set(value, modifyIndex);
    values.set(modifyIndex, value);
  }
  return undefined;
}

/** `modifyIndex` is undefined when nobody ever read this write: then nobody can have named its index either. */
type Row = { readonly [K in keyof KvRow]: K extends 'modifyIndex' ? number | undefined : KvRow[K] };

interface State {
  readonly row: Row | null;
  /** The session whose end keeps the key from being locked; '' when it may be. */
  readonly delay: string;
  /** The highest ModifyIndex of the writes so far, as far as anyone read them. */
  readonly highest: number;
}

/** Consul's rules for one key (agent/consul/state/kvs.go): values, check-and-set by ModifyIndex, locks by session. */
function kvModel(indexes: ReadonlyMap<string, number>): Model<KvOperation, State> {
  const row = (value: string, lockIndex: number, session: string): Row => ({
    value,
    modifyIndex: indexes.get(value),
    lockIndex,
    session,
  });
  return {
    initial: { row: null, delay: '', highest: 0 },
    keyOf: ({ row, delay, highest }) =>
      row ? `${row.value} ${row.lockIndex} ${row.session} ${delay} ${highest}` : `${delay} ${highest}`,
    apply({ action, answer }, state) {
      if (action.kind === 'get')
        return isSame(state.row, answer && 'row' in answer ? answer.row : undefined) ? state : undefined;
      const after = effectOf(action, state, row);
      const done = after !== undefined;
      if (answer && (!('done' in answer) || answer.done !== done)) return undefined;
      return done ? risen(after, state) : state;
    },
  };
}

/** Undefined when a later write would have the lower index. */
function risen(after: State, before: State): State | undefined {
  const index = after.row?.modifyIndex;
  if (after.row === before.row || index === undefined) return after;
  return index > before.highest ? { ...after, highest: index } : undefined;
}

type MakeRow = (value: string, lockIndex: number, session: string) => Row;

/** The state after a write, or undefined when its condition does not hold. */
function effectOf(
  action: Exclude<KvOperation['action'], { kind: 'get' }>,
  state: State,
  row: MakeRow,
): State | undefined {
  if (action.kind === 'delay-ends') return state.delay === action.session ? { ...state, delay: '' } : state;
  if (action.kind === 'invalidate') {
    if (state.row?.session !== action.session) return state;
    return { ...state, row: null, delay: action.delays ? action.session : state.delay };
  }
  if (action.kind === 'acquire' && state.delay !== '') return undefined;
  const after = rowAfter(action, state.row, row);
  return after === undefined ? undefined : { ...state, row: after };
}

function rowAfter(
  action: Exclude<KvOperation['action'], { kind: 'get' | 'invalidate' | 'delay-ends' }>,
  before: Row | null,
  row: MakeRow,
): Row | null | undefined {
  const lockIndex = before?.lockIndex ?? 0;
  const session = before?.session ?? '';
  switch (action.kind) {
    case 'put':
      // A plain write starts the lock's count anew, and leaves the holder.
      return row(action.value, 0, session);
    case 'cas': {
      const fits = action.index === 0 ? before === null : before?.modifyIndex === action.index;
      return fits ? row(action.value, 0, session) : undefined;
    }
    case 'delete':
      return null;
    case 'delete-cas':
      // Nothing there is as good as deleted.
      return before === null || before.modifyIndex === action.index ? null : undefined;
    case 'acquire':
      if (session !== '' && session !== action.session) return undefined;
      return row(action.value, session === '' ? lockIndex + 1 : lockIndex, action.session);
    case 'release':
      return session === action.session ? row(action.value, lockIndex, '') : undefined;
  }
}

function isSame(state: Row | null, seen: KvRow | undefined): boolean {
  if (!state || !seen) return !state && !seen;
  return state.value === seen.value && state.lockIndex === seen.lockIndex && state.session === seen.session;
}
