import { createHash } from 'node:crypto';
import { parseGoDuration, type Clock, type Random } from '@tribune/platform';
import type { AgentApi } from '@tribune/protocol';
import type { Call } from '../http/call';
import { badRequest } from '../http/http-error';
import { encodeJson } from '../json/go-json';

export interface LocalBlockingOptions {
  readonly defaultQueryTimeMs: number;
  readonly maxQueryTimeMs: number;
}

/** 64 bits of a content, in hexadecimal: what `?hash=` is compared with. */
export function contentHash(content: unknown): string {
  return createHash('sha256').update(encodeJson(content, false)).digest('hex').slice(0, 16);
}

/**
 * Blocking by content: with `?hash=` of what the client has, the answer waits until the content is another one, or the
 * wait is over. Local entries have no Raft index, so Consul blocks on their hash.
 */
export class LocalBlocking {
  constructor(
    private readonly agent: AgentApi,
    private readonly options: LocalBlockingOptions,
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  async until<T extends { readonly hash: string }>(call: Call, read: () => Promise<T>): Promise<T> {
    const known = call.query.get('hash');
    const waitMs = this.waitMs(call);
    const over = new AbortController();
    call.onClose(() => over.abort());
    const timer = known === '' ? undefined : this.clock.setTimer(waitMs, () => over.abort());
    try {
      for (let version = 0; ;) {
        version = await this.agent.changed(version, over.signal);
        const content = await read();
        if (content.hash !== known || over.signal.aborted) return content;
      }
    } finally {
      timer?.cancel();
    }
  }

  /** As for blocking queries: capped, and a sixteenth of jitter on top. */
  private waitMs({ query }: Call): number {
    const text = query.get('wait');
    const ns = text === '' ? 0 : parseGoDuration(text);
    if (ns === undefined) throw badRequest('Invalid wait time');
    const { defaultQueryTimeMs, maxQueryTimeMs } = this.options;
    const waitMs = Math.min(ns / 1e6 || defaultQueryTimeMs, maxQueryTimeMs);
    return waitMs * (1 + this.random.next() / 16);
  }
}
