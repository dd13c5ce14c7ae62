import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { encode } from 'dns-packet';
import type { DnsBounds } from '../options';
import { ask, exchange, framed, registration, startGateway, type TestGateway } from '../testing';

const query = (id: number, name = 'web.service.consul'): Buffer =>
  framed(encode({ type: 'query', id, flags: 256, questions: [{ name, type: 'A' }] }));

/** By a reset as well, which meets a client that still writes: `once` would take that for a failure. */
const closed = (socket: Socket): Promise<void> => new Promise((resolve) => socket.once('close', () => resolve()));

describe('DNS over TCP', () => {
  let test: TestGateway;
  const sockets: Socket[] = [];

  const start = async (bounds: Partial<DnsBounds> = {}): Promise<void> => {
    test = await startGateway({
      bounds: { tcpConnectionsMax: 3, tcpConnectionsPerSourceMax: 4, tcpPipelineMax: 2, ...bounds },
    });
    await test.catalog.register(registration('web'));
    await ask(test.gateway.port, { name: 'web.service.consul', type: 'A' });
  };
  afterEach(async () => {
    sockets.splice(0).forEach((socket) => socket.destroy());
    await test.stop();
  });

  const dial = async (): Promise<Socket> => {
    const socket = connect(test.gateway.port, '127.0.0.1');
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.resume();
    await once(socket, 'connect');
    return socket;
  };
  /** Response ids in the order in which they came. */
  const ids = async (socket: Socket, count: number): Promise<number[]> => {
    let data: Buffer = Buffer.alloc(0);
    const found: number[] = [];
    while (found.length < count) {
      const [chunk] = (await once(socket, 'data')) as [Buffer];
      data = Buffer.concat([data, chunk]);
      while (data.length >= 2 && data.length >= 2 + data.readUInt16BE(0)) {
        found.push(data.readUInt16BE(2));
        data = data.subarray(2 + data.readUInt16BE(0));
      }
    }
    return found;
  };

  const expectOthersServed = async (): Promise<void> => {
    const response = await exchange(test.gateway.port, query(9).subarray(2), true);
    expect(response.readUInt16BE(0)).toBe(9);
  };

  it('answers many queries of one connection, sent in any pieces', async () => {
    await start();
    const socket = await dial();
    const bytes = Buffer.concat([1, 2, 3, 4, 5, 6, 7].map((id) => query(id)));
    const answered = ids(socket, 7);
    for (let at = 0; at < bytes.length; at += 11) socket.write(bytes.subarray(at, at + 11));
    expect(await answered).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('answers what was asked before the client closed its side', async () => {
    await start();
    const socket = await dial();
    const answered = ids(socket, 2);
    socket.end(Buffer.concat([query(1), query(2)]));
    expect(await answered).toEqual([1, 2]);
    await closed(socket);
  });

  it('closes on a message that drips, however lively', async () => {
    await start({ tcpMessageMs: 100 });
    const socket = await dial();
    const end = closed(socket);
    const bytes = query(1);
    let at = 0;
    const drip = setInterval(() => socket.write(bytes.subarray(at % 20, (at++ % 20) + 1)), 20);
    await end;
    clearInterval(drip);
    expect(at).toBeLessThan(20);
    await expectOthersServed();
  });

  it('closes a silent connection', async () => {
    await start({ tcpIdleMs: 400 });
    const socket = await dial();
    await closed(socket);
    await expectOthersServed();
  });

  it('closes on what is no DNS', async () => {
    await start({ tcpMessageMs: 100 });
    const socket = await dial();
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.padEnd(30_000, 'x'));
    await closed(socket);
    await expectOthersServed();
  });

  it('gives up the connection silent for longest for a new one', async () => {
    await start();
    const [first, second] = [await dial(), await dial(), await dial()];
    const answered = ids(first!, 1);
    first!.write(query(1));
    await answered;
    const secondClosed = closed(second!);
    const fourth = await dial();
    await secondClosed;
    const late = ids(fourth, 1);
    fourth.write(query(4));
    expect(await late).toEqual([4]);
  });
});
