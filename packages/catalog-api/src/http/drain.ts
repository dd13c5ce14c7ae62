import type { IncomingMessage, ServerResponse } from 'node:http';

/** After an early answer the rest of the body is read and dropped, so that the client gets to read the answer; this much. */
const DRAIN_BYTES_MAX = 4 * 1_048_576;
const DRAIN_MS = 2_000;

/** Reads and drops what is left of a body that nobody wanted, within bounds, then lets go of the connection. */
export function drain(request: IncomingMessage, response: ServerResponse): void {
  if (request.complete) return;
  let left = DRAIN_BYTES_MAX;
  const { socket } = request;
  const timer = setTimeout(() => socket.destroy(), DRAIN_MS);
  timer.unref();
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) socket.destroy();
  });
  request.on('error', () => undefined);
  const finish = (): void => clearTimeout(timer);
  request.on('end', finish);
  request.on('close', finish);
  response.on('error', () => undefined);
  request.resume();
}
