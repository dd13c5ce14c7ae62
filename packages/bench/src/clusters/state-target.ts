import type { StateApi } from '@tribune/protocol';
import { decodeOutcome, encodeCommand } from '@tribune/state-store';
import { prepared } from '../load/writes';

const commandOf = prepared(({ key, value }) =>
  encodeCommand({ type: 'kv', operation: { verb: 'set', key, value, flags: 0n } }),
);

/** The `n`th write as a command of Tribune's, over whichever binding. */
export async function putOnState(state: StateApi, n: number): Promise<void> {
  const result = await state.propose(commandOf(n));
  if (result.kind !== 'applied') throw new Error(`the write is ${result.kind}`);
  const outcome = decodeOutcome(result.outcome);
  if (outcome.kind !== 'done' || !outcome.ok) throw new Error(`the write came to ${outcome.kind}`);
}
