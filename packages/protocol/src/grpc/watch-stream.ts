import type { ClientReadableStream, ServerWritableStream, ServiceError } from '@grpc/grpc-js';
import type { Watch, WatchEvent } from '../api/catalog';
import { apiErrorFromStatus, apiErrorToStatus, asAnswer } from './api-status';
import { PartAssembler, partsOf, type WatchPart } from './watch-wire';

/** Serves one watch: takes the next event only when the client has taken the last, so that a slow client costs nothing. */
export async function serveWatch<Request, Item, Key, Wire>(
  call: ServerWritableStream<Request, Wire>,
  open: (request: Request, signal: AbortSignal) => Watch<WatchEvent<Item, Key>>,
  bytesOf: (item: Item) => number,
  toWire: (part: WatchPart<Item, Key>) => Wire,
): Promise<void> {
  const aborter = new AbortController();
  const abort = (): void => aborter.abort();
  for (const event of ['cancelled', 'close', 'error'] as const) call.on(event, abort);
  try {
    for await (const event of open(call.request, aborter.signal)) {
      for (const part of partsOf(event, bytesOf)) {
        if (!call.write(toWire(part))) await drained(call, aborter.signal);
        if (aborter.signal.aborted) return;
      }
    }
    call.end();
  } catch (thrown) {
    if (!aborter.signal.aborted) call.emit('error', asAnswer(apiErrorToStatus(thrown)));
  }
}

function drained(call: NodeJS.EventEmitter, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      call.off('drain', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    call.once('drain', done);
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted) done();
  });
}

/** The client's end: whole events out of messages. Ends when `signal` aborts, throws ApiError when the server goes away. */
export async function* readWatch<Item, Key, Wire>(
  open: () => ClientReadableStream<Wire>,
  fromWire: (wire: Wire) => WatchPart<Item, Key>,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent<Item, Key>> {
  if (signal.aborted) return;
  const call = open();
  const cancel = (): void => call.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  const assembler = new PartAssembler<Item, Key>();
  try {
    for await (const wire of call as AsyncIterable<Wire>) {
      const event = assembler.add(fromWire(wire));
      if (event) yield event;
    }
  } catch (thrown) {
    if (!signal.aborted) throw apiErrorFromStatus(thrown as ServiceError, false);
  } finally {
    signal.removeEventListener('abort', cancel);
    // A generator that is left early must not leave the call open; what it says after that interests nobody.
    call.on('error', () => undefined);
    call.cancel();
  }
}
