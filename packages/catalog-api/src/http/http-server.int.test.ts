import { Agent, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { connect } from 'node:net';
import { silentLogger } from '@tribune/platform';
import { ConnectionCap } from './connection-cap';
import type { Dispatcher } from './dispatcher';
import { HttpServer } from './http-server';

/** A server whose answers the test gives. */
class Doors {
  readonly responses: ServerResponse[] = [];
  private waiting: (() => void)[] = [];
  readonly server = new HttpServer(
    [{ host: '127.0.0.1', port: 0 }],
    {
      dispatch: (_request: IncomingMessage, response: ServerResponse) => {
        this.responses.push(response);
        for (const wake of this.waiting.splice(0)) wake();
      },
    } as unknown as Dispatcher,
    new ConnectionCap(100, () => undefined),
    silentLogger,
  );

  async asked(count: number): Promise<void> {
    while (this.responses.length < count) await new Promise<void>((wake) => this.waiting.push(wake));
  }
}

async function ask(port: number, agent: Agent): Promise<IncomingMessage> {
  const sent = request({ host: '127.0.0.1', port, agent }).end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  response.resume();
  await once(response, 'end');
  return response;
}

describe('the end of an HTTP server', () => {
  let doors: Doors;
  let agent: Agent;
  let port: number;

  beforeEach(async () => {
    doors = new Doors();
    agent = new Agent({ keepAlive: true });
    await doors.server.start();
    port = doors.server.port;
  });
  afterEach(() => agent.destroy());

  it('answers the requests under way, says that it closes, and then refuses connections', async () => {
    const first = ask(port, agent);
    await doors.asked(1);
    const stopped = doors.server.stop();
    const refused = connect(port, '127.0.0.1');
    const [error] = (await once(refused, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNREFUSED');
    doors.responses[0]!.end('done');
    expect((await first).headers.connection).toBe('close');
    await stopped;
  });

  it('answers what comes on an open connection at that moment', async () => {
    const first = ask(port, agent);
    await doors.asked(1);
    doors.responses[0]!.end();
    expect((await first).headers.connection).toBe('keep-alive');
    const stopped = doors.server.stop();
    const second = ask(port, agent);
    await doors.asked(2);
    doors.responses[1]!.end();
    expect((await second).headers.connection).toBe('close');
    await stopped;
  });

  it('releases requests that only wait, and does not wait for idle connections', async () => {
    const parked = ask(port, agent);
    await doors.asked(1);
    const idle = connect(port, '127.0.0.1');
    await once(idle, 'connect');
    const closed = once(idle, 'close');
    await doors.server.stop(() => doors.responses[0]!.end('as before'));
    expect((await parked).statusCode).toBe(200);
    await closed;
  });
});

test.each([
  ['one that fits into the buffers of the kernel', 1_000],
  ['one that does not', 20_000_000],
])('a client that has said goodbye with its request gets all of its answer: %s', async (_what, bytes) => {
  const doors = new Doors();
  await doors.server.start();
  const socket = connect({ port: doors.server.port, host: '127.0.0.1', allowHalfOpen: true });
  socket.end('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await doors.asked(1);
  doors.responses[0]!.end(Buffer.alloc(bytes, 'x'));
  let received = 0;
  socket.on('data', (part: Buffer) => (received += part.length));
  await once(socket, 'close');
  expect(received).toBeGreaterThan(bytes);
  await doors.server.stop();
});
