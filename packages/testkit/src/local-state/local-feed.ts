import type { FeedEvent, FeedRequest, FeedStream } from '@tribune/protocol';
import { encodeChunks, encodeDeltas, TopicFilter, topicSnapshot, type Delta, type View } from '@tribune/state-store';

/** The feed of one client of {@link LocalState}: what raft-core's feed hub does, for one view in this process. */
export class LocalFeed implements FeedStream {
  private readonly filters = new Map<number, TopicFilter>();
  private readonly events: FeedEvent[] = [];
  private readonly unfollow: () => void;
  private wake: (() => void) | undefined;
  private closed = false;

  constructor(
    private readonly view: View,
    signal: AbortSignal,
  ) {
    this.unfollow = view.follow((revision, deltas) => this.onDeltas(revision, deltas));
    if (signal.aborted) this.close();
    signal.addEventListener('abort', () => this.close(), { once: true });
  }

  send(request: FeedRequest): void {
    if (this.closed) return;
    if (request.kind === 'unsubscribe') return void this.filters.delete(request.id);
    // Progress is sent with every revision; one that has passed already is told again.
    if (request.kind === 'await') return this.push({ kind: 'progress', revision: this.view.revision });
    const { id, topic, fromRevision } = request;
    this.filters.set(id, new TopicFilter(topic, this.view.tables));
    if (topic.kind !== 'all' || fromRevision !== this.view.revision) {
      this.sendSnapshot(id, [...encodeChunks(topicSnapshot(this.view.tables, topic))]);
    }
    this.push({ kind: 'progress', revision: this.view.revision });
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.unfollow();
    this.wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncIterator<FeedEvent> {
    for (;;) {
      const event = this.events.shift();
      if (event) yield event;
      else if (this.closed) return;
      else await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  private onDeltas(revision: number, deltas: readonly Delta[]): void {
    for (const [id, filter] of this.filters) {
      const rows = filter.next(this.view.tables, deltas);
      if (rows.length > 0) this.push({ kind: 'deltas', id, revision, rows: encodeDeltas(rows) });
    }
    this.push({ kind: 'progress', revision });
  }

  private sendSnapshot(id: number, chunks: Uint8Array[]): void {
    if (chunks.length === 0) chunks.push(encodeDeltas([]));
    chunks.forEach((rows, i) => {
      const last = i === chunks.length - 1;
      this.push({ kind: 'snapshot', id, revision: this.view.revision, rows, first: i === 0, last });
    });
  }

  private push(event: FeedEvent): void {
    this.events.push(event);
    this.wake?.();
  }
}
