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
  if (result.outcome !== sound) check(result.outcome);
}

/** In one process every answer is the same bytes: looked at once, as the raw side looks at nothing. */
let sound: Uint8Array | undefined;

function check(bytes: Uint8Array): void {
  const outcome = decodeOutcome(bytes);
  if (outcome.kind !== 'done' || !outcome.ok) throw new Error(`the write came to ${outcome.kind}`);
  sound = bytes;
}
