import type { Shortcut } from '../http/dispatcher';
import { acceptsGzip } from '../http/gzip';
import type { AnswerCache, ReadyReply } from './answer-cache';
import type { Fence } from './fence';

/**
 * The shortest way for a read: its very target was answered before, no row behind that answer has changed, and the fence
 * is open. Anything unusual about the request sends it the long way, which answers the same.
 */
export function readShortcut(
  answers: AnswerCache,
  fence: Fence,
  headersFirst: readonly string[],
  onAnswered: (route: string, status: number) => void,
): Shortcut {
  const heads = new WeakMap<ReadyReply, string[]>();
  return (request, response) => {
    const ready = answers.atUrl(request.url!);
    if (!ready) return false;
    const { headers } = request;
    if (
      headers.host === undefined ||
      headers['content-length'] !== undefined ||
      headers['transfer-encoding'] !== undefined
    )
      return false;
    if (headers['x-consul-namespace'] !== undefined || acceptsGzip(headers['accept-encoding'] as string | undefined))
      return false;
    if (!fence.isOpen()) return false;
    const { answer } = ready;
    let head = heads.get(ready);
    if (!head)
      heads.set(ready, (head = [...headersFirst, ...ready.headers, 'Content-Length', String(answer.byteLength)]));
    response.writeHead(answer.status, head);
    response.end(answer.bytes);
    onAnswered(ready.route, answer.status);
    return true;
  };
}
