import type { ProposeResult, StateApi } from '@tribune/protocol';
import { decodeOutcome, encodeCommand } from '@tribune/state-store';
import { writeOf } from '../load/writes';

/** The `n`th write as a command of Tribune's, over whichever binding. */
export function putOnState(state: StateApi, n: number): Promise<ProposeResult> {
  const { key, value } = writeOf(n);
  return state.propose(encodeCommand({ type: 'kv', operation: { verb: 'set', key, value, flags: 0n } }));
}

/** In one process every answer is the same bytes: looked at once, as the raw side looks at nothing. */
let sound: Uint8Array | undefined;

export function checkPut(answer: unknown): void {
  const result = answer as ProposeResult;
  if (result.kind !== 'applied') throw new Error(`the write is ${result.kind}`);
  if (result.outcome === sound) return;
  const outcome = decodeOutcome(result.outcome);
  if (outcome.kind !== 'done' || !outcome.ok) throw new Error(`the write came to ${outcome.kind}`);
  sound = result.outcome;
}
