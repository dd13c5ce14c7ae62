import type { Topic } from '@tribune/protocol';
import { readTxn, type Outcome, type TxnError, type TxnOperation, type View } from '@tribune/state-store';
import type { Fence } from '../answers/fence';
import type { Writes } from '../answers/writes';
import { serverError } from '../http/http-error';

type TxnOutcome = Extract<Outcome, { kind: 'txn' }>;

/** All operations or none. Those that only read need no log entry: they are answered from the view behind a fence. */
export class TxnService {
  constructor(
    private readonly view: View,
    private readonly fence: Fence,
    private readonly writes: Writes,
  ) {}

  async read(operations: readonly TxnOperation[], isStale: boolean): Promise<TxnOutcome> {
    await this.view.require(topicsOf(operations));
    if (!isStale) await this.fence.pass();
    return asTxn(readTxn(this.view.tables, operations));
  }

  async write(operations: readonly TxnOperation[]): Promise<TxnOutcome> {
    return asTxn(await this.writes.propose({ type: 'txn', operations }));
  }

  /** What a transaction comes to that cannot even be tried. */
  refused(errors: readonly TxnError[]): TxnOutcome {
    return { kind: 'txn', results: [], errors };
  }
}

/** The rows that these operations look at. */
function topicsOf(operations: readonly TxnOperation[]): readonly Topic[] {
  return operations.map((operation): Topic => {
    if (operation.kind === 'kv') return { kind: 'kvPrefix', prefix: operation.operation.key };
    return operation.kind === 'session' ? { kind: 'sessions' } : { kind: 'catalog' };
  });
}

function asTxn(outcome: Outcome): TxnOutcome {
  if (outcome.kind === 'txn') return outcome;
  throw serverError(outcome.kind === 'error' ? outcome.message : 'transaction was answered like another command');
}
