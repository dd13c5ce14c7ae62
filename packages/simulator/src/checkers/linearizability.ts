import { INITIAL, type Operation } from '../history';
import { groupByKey } from './group-by-key';
import { search, type Model } from './search';

export type Verdict =
  | { readonly kind: 'linearizable' }
  | { readonly kind: 'violation'; readonly key: string; readonly operations: readonly Operation[] }
  /** The search was cut off. Never a pass. */
  | { readonly kind: 'undecided'; readonly key: string };

/** Judges a history on registers. Keys are independent of one another, so each is judged alone. */
export function checkLinearizability(history: readonly Operation[]): Verdict {
  const byKey = groupByKey(history);
  for (const [key, operations] of byKey) {
    // A read that nobody got an answer from says nothing.
    const telling = operations.filter(({ action, returnedAt }) => action.kind !== 'read' || returnedAt !== Infinity);
    const { kind } = search(telling, REGISTER);
    if (kind === 'undecided') return { kind: 'undecided', key };
    if (kind === 'impossible') return { kind: 'violation', key, operations: telling };
  }
  return { kind: 'linearizable' };
}

const REGISTER: Model<Operation, number> = { initial: INITIAL, apply, keyOf: String };

function apply({ action, answer, returnedAt }: Operation, state: number): number | undefined {
  const isKnown = returnedAt !== Infinity;
  switch (action.kind) {
    case 'read':
      return answer === state ? state : undefined;
    case 'write':
      return action.value;
    case 'cas': {
      const succeeds = state === action.expected;
      if (isKnown && answer !== succeeds) return undefined;
      return succeeds ? action.value : state;
    }
  }
}
