import { crc32 } from 'node:zlib';
import { sleep, type Clock } from '@tribune/platform';
import type { StateApi } from '@tribune/protocol';
import { decodeOutcome, encodeCommand, type Outcome, type RestoreCommand, type View } from '@tribune/state-store';
import { noClusterLeader, serverError, type HttpError } from '../http/http-error';

/** A step that found no leader, or whose answer was lost, is sent again at about this distance. Milliseconds. */
const RETRY_MS = 100;
/** How long one step is tried: several elections. Milliseconds. */
const PATIENCE_MS = 30_000;

/** What the servers made of a step. `isRepeated`: an answer was lost, so it may have been carried out before. */
interface Step {
  readonly revision: number;
  readonly outcome: Outcome;
  readonly isRepeated: boolean;
}

/**
 * One restore as the servers see it: steps on the log, one after the other. Each may be sent twice: a change of leader ends
 * nothing.
 */
export class RestoreSession {
  private sequence = 0;
  private begunAt = 0;

  constructor(
    private readonly id: string,
    private readonly state: StateApi,
    private readonly view: View,
    private readonly clock: Clock,
  ) {}

  async begin(): Promise<void> {
    this.begunAt = revisionOf(await this.step({ type: 'restore-begin', id: this.id }));
  }

  async add(rows: Uint8Array): Promise<void> {
    const { id, sequence } = this;
    revisionOf(await this.step({ type: 'restore-chunk', id, sequence, rows, checksum: crc32(rows) }));
    this.sequence++;
  }

  /** The revision at which the state was replaced. */
  async commit(): Promise<number> {
    const step = await this.step({ type: 'restore-commit', id: this.id, chunks: this.sequence });
    if (step.outcome.kind === 'error' && step.isRepeated) {
      // Done the first time, there was nothing left to do the second time; the state tells whether it was.
      await this.view.atLeast(step.revision);
      const { floor } = this.view.tables.indexes;
      if (floor > this.begunAt) return floor;
    }
    return revisionOf(step);
  }

  /** Best effort: what nobody finishes, the next restore or the leader drops. */
  async abort(): Promise<void> {
    await this.state.propose(encodeCommand({ type: 'restore-abort', id: this.id })).catch(() => undefined);
  }

  private async step(command: RestoreCommand): Promise<Step> {
    const bytes = encodeCommand(command);
    const deadlineMs = this.clock.monotonicMs() + PATIENCE_MS;
    for (let isRepeated = false; ;) {
      const result = await this.state.propose(bytes);
      if (result.kind === 'applied')
        return { revision: result.revision, outcome: decodeOutcome(result.outcome), isRepeated };
      const isFinal = result.kind === 'refused' && !result.retryable;
      if (isFinal || this.clock.monotonicMs() >= deadlineMs) throw failureOf(result);
      isRepeated ||= result.kind === 'unknown';
      await sleep(this.clock, RETRY_MS);
    }
  }
}

function revisionOf({ outcome, revision }: Step): number {
  if (outcome.kind === 'error') throw serverError(`failed to restore snapshot: ${outcome.message}`);
  return revision;
}

function failureOf(result: { readonly kind: string; readonly reason?: string }): HttpError {
  if (result.kind === 'noLeader') return noClusterLeader();
  const isOpen = result.kind === 'unknown' ? ' (it may have taken place)' : '';
  return serverError(`failed to restore snapshot: ${result.reason}${isOpen}`);
}
