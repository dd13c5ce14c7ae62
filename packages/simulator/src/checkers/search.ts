/**
 * Is there one order of all operations, each placed between its call and its return, in which every answer is right?
 * (Wing and Gong 1993, with Lowe's memory of dead ends, 2017; the linked list is Porcupine's.)
 *
 * Calls and returns stand in one list by time. Walking it, any call that fits the state may be the next to take effect:
 * it is lifted out and the walk begins anew. The first return that is met belongs to an operation that should have been
 * placed: the last choice was wrong. A state that was reached before with the same operations done is not searched again.
 */
export interface Timed {
  readonly calledAt: number;
  /** Infinity: the client never learned what became of it, and it may take effect at any time, or never. */
  readonly returnedAt: number;
}

export interface Model<Operation extends Timed, State> {
  readonly initial: State;
  /** The state afterwards, or undefined when the answer does not fit. */
  apply(operation: Operation, state: State): State | undefined;
  /** Equal for equal states only. */
  keyOf(state: State): string;
}

export type Finding<Operation> =
  | { readonly kind: 'possible' }
  /** `prefix`: the longest order that was found; nothing can come after it. */
  | { readonly kind: 'impossible'; readonly prefix: readonly Operation[] }
  /** The search was cut off. Never a pass. */
  | { readonly kind: 'undecided' };

/** Enough for thousands of operations in order; a tangle of unknown outcomes ends here. */
const STEPS_MAX = 2_000_000;

interface Entry {
  readonly index: number;
  /** Of a call whose return is known. */
  readonly returns?: Entry;
  readonly isReturn: boolean;
  before: Entry | undefined;
  after: Entry | undefined;
}

interface Choice<State> {
  readonly call: Entry;
  readonly state: State;
}

export function search<Operation extends Timed, State>(
  operations: readonly Operation[],
  model: Model<Operation, State>,
  stepsMax = STEPS_MAX,
): Finding<Operation> {
  const head = listOf(operations);
  const memory = new DeadEnds(operations.length);
  const choices: Choice<State>[] = [];
  let mustBeDone = operations.filter(({ returnedAt }) => returnedAt !== Infinity).length;
  let longest: number[] = [];
  let state = model.initial;
  let entry = head.after;
  for (let steps = 0; mustBeDone > 0; steps++) {
    if (steps > stepsMax) return { kind: 'undecided' };
    if (entry && !entry.isReturn) {
      const next = model.apply(operations[entry.index]!, state);
      if (next === undefined || !memory.isNew(entry.index, model.keyOf(next))) {
        entry = entry.after;
        continue;
      }
      choices.push({ call: entry, state });
      memory.toggle(entry.index);
      lift(entry);
      if (entry.returns) mustBeDone--;
      state = next;
      entry = head.after;
      continue;
    }
    if (choices.length > longest.length) longest = choices.map(({ call }) => call.index);
    const wrong = choices.pop();
    if (!wrong) return { kind: 'impossible', prefix: longest.map((index) => operations[index]!) };
    memory.toggle(wrong.call.index);
    unlift(wrong.call);
    if (wrong.call.returns) mustBeDone++;
    state = wrong.state;
    entry = wrong.call.after;
  }
  return { kind: 'possible' };
}

/** Calls and returns by time; at the same time the call is first, as nothing says that it was not. */
function listOf(operations: readonly Timed[]): Entry {
  const entries = operations.flatMap(({ calledAt, returnedAt }, index) => {
    const blank = { index, before: undefined, after: undefined };
    if (returnedAt === Infinity) return [{ at: calledAt, entry: { ...blank, isReturn: false } as Entry }];
    const returns: Entry = { ...blank, isReturn: true };
    return [
      { at: calledAt, entry: { ...blank, isReturn: false, returns } as Entry },
      { at: returnedAt, entry: returns },
    ];
  });
  entries.sort((a, b) => a.at - b.at || Number(a.entry.isReturn) - Number(b.entry.isReturn));
  const head: Entry = { index: -1, isReturn: false, before: undefined, after: undefined };
  let last = head;
  for (const { entry } of entries) {
    entry.before = last;
    last.after = entry;
    last = entry;
  }
  return head;
}

function lift(call: Entry): void {
  for (const entry of [call, call.returns]) {
    if (!entry) continue;
    entry.before!.after = entry.after;
    if (entry.after) entry.after.before = entry.before;
  }
}

function unlift(call: Entry): void {
  for (const entry of [call.returns, call]) {
    if (!entry) continue;
    entry.before!.after = entry;
    if (entry.after) entry.after.before = entry;
  }
}

/** Sets of done operations with the state they led to. Found by a hash of the set, compared in full. */
class DeadEnds {
  private readonly done: Uint32Array;
  private readonly seen = new Map<string, Uint32Array[]>();
  private hash = 0;

  constructor(count: number) {
    this.done = new Uint32Array(Math.ceil(count / 32));
  }

  toggle(index: number): void {
    this.done[index >>> 5]! ^= 1 << (index & 31);
    this.hash = (this.hash ^ scattered(index)) >>> 0;
  }

  /** Whether this state was not reached before with `index` and all that is done; remembers it. */
  isNew(index: number, state: string): boolean {
    this.toggle(index);
    const key = `${this.hash}/${state}`;
    const sets = this.seen.get(key) ?? [];
    const isNew = !sets.some((set) => set.every((word, i) => word === this.done[i]));
    if (isNew) this.seen.set(key, [...sets, this.done.slice()]);
    this.toggle(index);
    return isNew;
  }
}

/** 32 well mixed bits for each number (the finalizer of MurmurHash3). */
function scattered(index: number): number {
  let bits = Math.imul(index + 1, 0x9e3779b1);
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
