import type { IncomingMessage, ServerResponse } from 'node:http';
import { HttpError } from './http-error';

const NOTHING = Buffer.alloc(0);

/**
 * Reads a body and counts the bytes that arrive, not the bytes that were announced: a chunked body has no length, and
 * trusting the header let Consul 1.8.7 take 400 MB into memory.
 */
export function readBody(
  request: IncomingMessage,
  response: ServerResponse,
  bytesMax: number,
  tooLarge: (bytes: number) => string = (size) => `Request body(${size} bytes) too large, max size: ${bytesMax} bytes.`,
): Promise<Buffer> {
  const announced = Number(request.headers['content-length'] ?? NaN);
  if (announced > bytesMax) return Promise.reject(new HttpError(413, tooLarge(announced)));
  if (announced === 0 || (Number.isNaN(announced) && request.headers['transfer-encoding'] === undefined)) {
    return Promise.resolve(NOTHING);
  }
  if (request.headers.expect !== undefined) response.writeContinue();
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= bytesMax) chunks.push(chunk);
      else {
        request.removeAllListeners('data');
        request.pause();
        reject(new HttpError(413, tooLarge(size)));
      }
    });
    request.on('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size)));
    request.on('error', (error) => reject(new HttpError(400, 'Request body was cut off', { cause: error })));
    // Every request closes, and an error costs more than the rest of this function.
    request.on('close', () => {
      if (!request.readableEnded) reject(new HttpError(400, 'Request body was cut off'));
    });
  });
}

export function announcesBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}
