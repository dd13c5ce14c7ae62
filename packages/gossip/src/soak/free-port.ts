import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

/** Below what systems give to outgoing connections and to port 0 (Linux from 32768 up): nobody gets one of these unasked. */
const FIRST_PORT = 12_000;
const PORTS = 9_000;

/**
 * A port of 127.0.0.1 that is free for TCP and for UDP, for programs that cannot choose one themselves, and for those that
 * must find theirs again after having been away.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST_PORT + Math.floor(Math.random() * PORTS);
    if ((await isFreeForStreams(port)) && (await isFreeForPackets(port))) return port;
  }
}

function isFreeForStreams(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

function isFreeForPackets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => socket.close(() => resolve(false)));
    socket.bind(port, '127.0.0.1', () => socket.close(() => resolve(true)));
  });
}
