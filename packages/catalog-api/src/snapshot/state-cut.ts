import type { FeedEvent, StateApi } from '@tribune/protocol';
import { serverError } from '../http/http-error';

export interface StateChunk {
  readonly revision: number;
  readonly rows: Uint8Array;
}

/**
 * The whole state at one revision, not below `revision`, in chunks. To the servers it is one more subscriber to
 * everything, who leaves when it has its snapshot: the cut is consistent, and nobody's writes wait for it.
 */
export async function* stateCut(state: StateApi, revision: number, signal: AbortSignal): AsyncGenerator<StateChunk> {
  const leaving = new AbortController();
  const feed = state.feed(AbortSignal.any([signal, leaving.signal]));
  const subscribe = (): void => feed.send({ kind: 'subscribe', id: 1, topic: { kind: 'all' }, fromRevision: 0 });
  try {
    // This server may have to catch up first.
    feed.send({ kind: 'await', revision });
    let isSubscribed = false;
    let hasBegun = false;
    for await (const event of feed) {
      if (!isSubscribed && event.kind === 'progress' && event.revision >= revision) {
        isSubscribed = true;
        subscribe();
      }
      if (event.kind !== 'snapshot') continue;
      if (event.first && hasBegun) throw serverError('the state was replaced while it was being saved, try again');
      hasBegun = true;
      yield chunkOf(event);
      if (event.last) return;
    }
    throw serverError('the server went away while its state was being saved');
  } finally {
    leaving.abort();
  }
}

const chunkOf = ({ revision, rows }: Extract<FeedEvent, { kind: 'snapshot' }>): StateChunk => ({ revision, rows });
