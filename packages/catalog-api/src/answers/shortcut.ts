import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { Shortcut } from '../http/dispatcher';
import { acceptsGzip } from '../http/gzip';
import { endBody } from '../http/writer';
import type { AnswerCache, ReadyReply } from './answer-cache';
import type { Fence } from './fence';

/**
 * The shortest way for a read: its very target was answered before and no row behind that answer has changed. Anything
 * unusual about the request, or a fence that does not open at once, sends it the long way, which answers the same.
 */
export function readShortcut(
  answers: AnswerCache,
  fence: Fence,
  headersFirst: readonly string[],
  stalledMs: number,
  onAnswered: (route: string, status: number) => void,
): Shortcut {
  const plain = new WeakMap<ReadyReply, string[]>();
  const packed = new WeakMap<ReadyReply, string[]>();
  const write = (
    ready: ReadyReply,
    response: ServerResponse,
    body: string | Buffer,
    byteLength: number,
    heads: typeof plain,
  ): void => {
    let head = heads.get(ready);
    if (!head) {
      const encoding = heads === packed ? ['Content-Encoding', 'gzip'] : [];
      head = [...headersFirst, ...ready.headers, ...encoding, 'Content-Length', String(byteLength)];
      heads.set(ready, head);
    }
    response.writeHead(ready.answer.status, head);
    endBody(response, body, stalledMs);
    onAnswered(ready.route, ready.answer.status);
  };
  return (request, response, takeLongWay) => {
    const ready = answers.atUrl(request.url!);
    if (!ready || !isPlain(request.headers)) return false;
    const { answer } = ready;
    const wantsGzip = answer.byteLength > 0 && acceptsGzip(request.headers['accept-encoding'] as string | undefined);
    const { gzipped } = answer;
    // The long way makes the gzip form, once.
    if (wantsGzip && !gzipped) return false;
    const send = (): void =>
      wantsGzip && gzipped
        ? write(ready, response, gzipped, gzipped.length, packed)
        : write(ready, response, answer.bytes, answer.byteLength, plain);
    const passed = fence.tryPass();
    if (typeof passed !== 'boolean') {
      void passed
        .then((isOpen) => (isOpen && answer.isCurrent ? send() : takeLongWay()))
        .catch(() => response.destroy());
      return true;
    }
    if (passed) send();
    return passed;
  };
}

/** Nothing in these headers changes the answer, and no body follows. */
function isPlain(headers: IncomingHttpHeaders): boolean {
  return (
    headers.host !== undefined &&
    headers['content-length'] === undefined &&
    headers['transfer-encoding'] === undefined &&
    headers['x-consul-namespace'] === undefined
  );
}
