import { crc32 } from 'node:zlib';
import { sleep, type Clock } from '@tribune/platform';
import type { StateApi } from '@tribune/protocol';
import { decodeOutcome, encodeCommand, type RestoreCommand } from '@tribune/state-store';
import { noClusterLeader, serverError, type HttpError } from '../http/http-error';

/** A step that found no leader, or whose answer was lost, is sent again at about this distance. Milliseconds. */
const RETRY_MS = 100;
/** How long one step is tried: several elections. Milliseconds. */
const PATIENCE_MS = 30_000;

/** One restore as the servers see it: steps on the log, one after the other. */
export class RestoreSession {
  private sequence = 0;

  constructor(
    private readonly id: string,
    private readonly state: StateApi,
    private readonly clock: Clock,
  ) {}

  begin(): Promise<number> {
    return this.step({ type: 'restore-begin', id: this.id }, 'repeatable');
  }

  /** Steps come in the order of the log, and each may be sent twice: a change of leader ends nothing. */
  async add(rows: Uint8Array): Promise<void> {
    const { id, sequence } = this;
    await this.step({ type: 'restore-chunk', id, sequence, rows, checksum: crc32(rows) }, 'repeatable');
    this.sequence++;
  }

  /** The revision at which the state was replaced. */
  commit(): Promise<number> {
    return this.step({ type: 'restore-commit', id: this.id, chunks: this.sequence }, 'once');
  }

  /** Best effort: what nobody finishes, the next restore or the leader drops. */
  async abort(): Promise<void> {
    await this.state.propose(encodeCommand({ type: 'restore-abort', id: this.id })).catch(() => undefined);
  }

  private async step(command: RestoreCommand, mode: 'repeatable' | 'once'): Promise<number> {
    const bytes = encodeCommand(command);
    const deadlineMs = this.clock.monotonicMs() + PATIENCE_MS;
    for (;;) {
      const result = await this.state.propose(bytes);
      if (result.kind === 'applied') {
        const outcome = decodeOutcome(result.outcome);
        if (outcome.kind === 'error') throw serverError(`failed to restore snapshot: ${outcome.message}`);
        return result.revision;
      }
      const again =
        result.kind === 'noLeader' || (result.kind === 'refused' ? result.retryable : mode === 'repeatable');
      if (!again || this.clock.monotonicMs() >= deadlineMs) throw failureOf(result);
      await sleep(this.clock, RETRY_MS);
    }
  }
}

function failureOf(result: { readonly kind: string; readonly reason?: string }): HttpError {
  if (result.kind === 'noLeader') return noClusterLeader();
  const isOpen = result.kind === 'unknown' ? ' (it may have taken place)' : '';
  return serverError(`failed to restore snapshot: ${result.reason}${isOpen}`);
}
