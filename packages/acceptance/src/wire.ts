import { createSocket } from 'node:dgram';
import { connect } from 'node:net';

/** Sends raw bytes over TCP and gives what came back before the peer closed or `quietMs` passed. Never rejects. */
export function exchangeBytes(port: number, bytes: Uint8Array, quietMs = 150): Promise<Buffer> {
  return new Promise((resolve) => {
    const received: Buffer[] = [];
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.setTimeout(quietMs, () => socket.destroy());
    socket.on('data', (chunk) => received.push(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(Buffer.concat(received)));
  });
}

/** Fires datagrams at a port, a few at a time so that none is lost in the socket buffer. Answers are ignored. */
export async function sendDatagrams(port: number, packets: readonly Uint8Array[]): Promise<void> {
  const socket = createSocket('udp4');
  for (const [i, packet] of packets.entries()) {
    await new Promise((resolve) => socket.send(packet, port, '127.0.0.1', resolve));
    if (i % 50 === 49) await new Promise((resolve) => setImmediate(resolve));
  }
  socket.close();
}

/** Runs `task(i)` for i in 0..count-1, `width` at a time. */
export async function inParallel(count: number, width: number, task: (i: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await task(next++);
  };
  await Promise.all(Array.from({ length: width }, worker));
}
