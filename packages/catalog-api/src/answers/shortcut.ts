import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { Shortcut } from '../http/dispatcher';
import { acceptsGzip } from '../http/gzip';
import { WholeAnswer } from '../http/whole-answer';
import { endBody, endWhole } from '../http/writer';
import type { AnswerCache, ReadyReply } from './answer-cache';
import type { Fence } from './fence';

/** Headers alone where the body is too long to be kept with them. */
type Sendable = WholeAnswer | string[];

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
  const plain = new WeakMap<ReadyReply, Sendable>();
  const packed = new WeakMap<ReadyReply, Sendable>();
  const write = (
    ready: ReadyReply,
    response: ServerResponse,
    body: string | Buffer,
    byteLength: number,
    forms: typeof plain,
  ): void => {
    let form = forms.get(ready);
    if (!form) {
      const encoding = forms === packed ? ['Content-Encoding', 'gzip'] : [];
      const headers = [...headersFirst, ...ready.headers, ...encoding, 'Content-Length', String(byteLength)];
      form = WholeAnswer.fits(byteLength) ? new WholeAnswer(ready.answer.status, headers, body) : headers;
      forms.set(ready, form);
    }
    if (form instanceof WholeAnswer) {
      endWhole(response, form, stalledMs);
    } else {
      response.writeHead(ready.answer.status, form);
      endBody(response, body, stalledMs);
    }
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
    headers['x-consul-namespace'] === undefined &&
    headers['cache-control'] === undefined
  );
}
