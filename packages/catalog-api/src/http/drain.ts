import type { IncomingMessage, ServerResponse } from 'node:http';

/** After an early answer this much of the rest of the body is read and dropped. */
const DRAIN_BYTES_MAX = 4 * 1_048_576;
const DRAIN_MS = 2_000;

/**
 * Reads and drops what is left of a body that nobody wanted, within bounds, then lets go of the connection. Of a longer one
 * the rest stays unread for so long that the client, whose writes stall, gets to read the answer.
 */
export function drain(request: IncomingMessage, response: ServerResponse): void {
  if (request.complete) return;
  let left = DRAIN_BYTES_MAX;
  const { socket } = request;
  const timer = setTimeout(() => socket.destroy(), DRAIN_MS);
  timer.unref();
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) request.pause();
  });
  request.on('error', () => undefined);
  const finish = (): void => clearTimeout(timer);
  request.on('end', finish);
  request.on('close', finish);
  response.on('error', () => undefined);
  request.resume();
}

/**
 * Closes the connection after the answer without losing it: to close while bytes are unread resets the connection, and a
 * client that is still writing may see that before the answer. So this side says goodbye, and waits for the client's (Go: `closeWriteAndWait`).
 */
export function closeGently({ socket }: IncomingMessage): void {
  socket.destroySoon = () => {
    socket.end();
    const timer = setTimeout(() => socket.destroy(), DRAIN_MS);
    timer.unref();
    socket.once('close', () => clearTimeout(timer));
  };
}
