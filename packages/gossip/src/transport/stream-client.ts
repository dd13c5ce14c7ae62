import { connect } from 'node:net';
import { CodedError } from '@tribune/platform';
import type { Endpoint } from '../core/messages';
import { patientTimeout } from './patient-timeout';
import { StreamInbox } from './stream-inbox';

export class StreamError extends CodedError<{ code: 'GOSSIP_STREAM_FAILED'; to: Endpoint }> {}

export interface StreamCall {
  readonly to: Endpoint;
  readonly request: Buffer;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** Sends one message over a new connection and returns the message that comes back. */
export function callStream({ to, request, timeoutMs, signal }: StreamCall): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: to.host, port: to.port, noDelay: true });
    const inbox = new StreamInbox('');
    const finish = (outcome: Buffer | Error): void => {
      deadline.cancel();
      signal?.removeEventListener('abort', abort);
      socket.destroy();
      if (Buffer.isBuffer(outcome)) resolve(outcome);
      else reject(outcome);
    };
    const failure = (reason: string, cause?: unknown): Error =>
      new StreamError({ code: 'GOSSIP_STREAM_FAILED', to }, `${to.host}:${to.port}: ${reason}`, { cause });
    const abort = (): void => finish(failure('stopped'));
    const deadline = patientTimeout(timeoutMs, () => finish(failure(`no answer within ${timeoutMs} ms`)));
    signal?.addEventListener('abort', abort, { once: true });
    socket.on('connect', () => socket.write(request));
    socket.on('error', (error) => finish(failure(error.message, error)));
    socket.on('close', () => finish(failure('connection closed before an answer')));
    socket.on('data', (chunk) => {
      try {
        const body = inbox.push(chunk);
        if (body) finish(body);
      } catch (error) {
        finish(failure('unreadable answer', error));
      }
    });
    if (signal?.aborted) abort();
  });
}
