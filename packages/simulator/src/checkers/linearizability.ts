/**
 * Is there one order of all operations on a register, each placed between its call and its return, in which every
 * answer is right? (Wing and Gong 1993, with Lowe's memory of dead ends, 2017.)
 *
 * At each step any operation may come next that was called before every remaining operation returned. Try them; a state
 * that was reached before with the same operations done need not be searched again. Keys are independent of one
 * another, so a history is judged key by key.
 */
import { INITIAL, type Operation } from '../history';

export type Verdict =
  | { readonly kind: 'linearizable' }
  | { readonly kind: 'violation'; readonly key: string; readonly operations: readonly Operation[] }
  /** The search was cut off. Never a pass. */
  | { readonly kind: 'undecided'; readonly key: string };

/** Enough for thousands of operations in order; a tangle of unknown outcomes ends here. */
const STEPS_MAX = 200_000;

export function checkLinearizability(history: readonly Operation[]): Verdict {
  const byKey = new Map<string, Operation[]>();
  for (const operation of history) byKey.set(operation.key, [...(byKey.get(operation.key) ?? []), operation]);
  for (const [key, operations] of byKey) {
    // A read that nobody got an answer from says nothing.
    const telling = operations.filter(({ action, returnedAt }) => action.kind !== 'read' || returnedAt !== Infinity);
    const result = search(telling.sort((a, b) => a.calledAt - b.calledAt));
    if (result === 'undecided') return { kind: 'undecided', key };
    if (result === 'impossible') return { kind: 'violation', key, operations: telling };
  }
  return { kind: 'linearizable' };
}

interface Frame {
  readonly state: number;
  /** Operations that are still to be tried in this place. */
  readonly candidates: number[];
  /** The one that was placed to come here. */
  readonly placed: number;
}

function search(operations: readonly Operation[]): 'possible' | 'impossible' | 'undecided' {
  const done = new Uint8Array(operations.length);
  let mustBeDone = operations.filter(({ returnedAt }) => returnedAt !== Infinity).length;
  const deadEnds = new Set<string>();
  const stack: Frame[] = [{ state: INITIAL, candidates: candidatesOf(operations, done), placed: -1 }];
  for (let steps = 0; stack.length > 0; steps++) {
    if (mustBeDone === 0) return 'possible';
    if (steps > STEPS_MAX) return 'undecided';
    const frame = stack.at(-1)!;
    const next = frame.candidates.pop();
    if (next === undefined) {
      stack.pop();
      if (frame.placed >= 0) {
        done[frame.placed] = 0;
        if (operations[frame.placed]!.returnedAt !== Infinity) mustBeDone++;
      }
      continue;
    }
    const state = apply(operations[next]!, frame.state);
    if (state === undefined) continue;
    done[next] = 1;
    const place = `${state}/${done.join('')}`;
    if (deadEnds.has(place)) {
      done[next] = 0;
      continue;
    }
    deadEnds.add(place);
    if (operations[next]!.returnedAt !== Infinity) mustBeDone--;
    stack.push({ state, candidates: candidatesOf(operations, done), placed: next });
  }
  return mustBeDone === 0 ? 'possible' : 'impossible';
}

/** Those that were called before any other remaining one had returned; the earliest call is tried first. */
function candidatesOf(operations: readonly Operation[], done: Uint8Array): number[] {
  let firstReturn = Infinity;
  for (let i = 0; i < operations.length; i++) {
    if (!done[i]) firstReturn = Math.min(firstReturn, operations[i]!.returnedAt);
  }
  const candidates: number[] = [];
  for (let i = operations.length - 1; i >= 0; i--) {
    if (!done[i] && operations[i]!.calledAt <= firstReturn) candidates.push(i);
  }
  return candidates;
}

/** The state afterwards, or undefined when the answer does not fit. */
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
