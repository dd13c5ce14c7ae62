import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { Shortcut } from '../http/dispatcher';
import { acceptsGzip } from '../http/gzip';
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
  onAnswered: (route: string, status: number) => void,
): Shortcut {
  const heads = new WeakMap<ReadyReply, string[]>();
  const write = (ready: ReadyReply, response: ServerResponse): void => {
    const { answer } = ready;
    let head = heads.get(ready);
    if (!head)
      heads.set(ready, (head = [...headersFirst, ...ready.headers, 'Content-Length', String(answer.byteLength)]));
    response.writeHead(answer.status, head);
    response.end(answer.bytes);
    onAnswered(ready.route, answer.status);
  };
  return (request, response, takeLongWay) => {
    const ready = answers.atUrl(request.url!);
    if (!ready || !isPlain(request.headers)) return false;
    const passed = fence.tryPass();
    if (typeof passed !== 'boolean') {
      void passed.then((isOpen) => (isOpen && ready.answer.isCurrent ? write(ready, response) : takeLongWay()));
      return true;
    }
    if (passed) write(ready, response);
    return passed;
  };
}

/** Nothing in these headers changes the answer, and no body follows. */
function isPlain(headers: IncomingHttpHeaders): boolean {
  return (
    headers.host !== undefined &&
    headers['content-length'] === undefined &&
    headers['transfer-encoding'] === undefined &&
    headers['x-consul-namespace'] === undefined &&
    !acceptsGzip(headers['accept-encoding'] as string | undefined)
  );
}
