import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { eventually } from '@tribune/testkit';
import type { Child } from '../child';

/** What a process that is to be stalled is started with: its inspector then listens on a port of its own. */
export const STALLABLE = { NODE_OPTIONS: '--inspect-port=0' };

/** Holds up the event loop of a running process, as an endless computation would; resolves when it is over. */
export async function stall(process: Child, ms: number): Promise<void> {
  const { hostname, host, port, pathname } = await inspectorOf(process);
  const socket = connect(Number(port), hostname);
  const key = randomBytes(16).toString('base64');
  socket.write(
    `GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
  );
  await once(socket, 'data');
  const expression = `for (const until = Date.now() + ${ms}; Date.now() < until; );`;
  socket.write(frame(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression } })));
  // The result.
  await once(socket, 'data');
  socket.destroy();
}

async function inspectorOf(process: Child): Promise<URL> {
  const listening = (): RegExpExecArray | null => /Debugger listening on (ws:\S+)/.exec(process.output);
  if (!listening()) process.signal('SIGUSR1');
  const [, address] = (await eventually('an inspector', async () => listening() ?? undefined))!;
  return new URL(address!);
}

/** One text message from a client (RFC 6455 §5.2), masked with zeros. */
function frame(text: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt8(0x81, 0);
  length.writeUInt8(0x80 | 126, 1);
  length.writeUInt16BE(Buffer.byteLength(text), 2);
  return Buffer.concat([length, Buffer.alloc(4), Buffer.from(text)]);
}
