import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

/**
 * Systems take ports for outgoing connections and for port 0 from 32768 up (Linux) or 49152 up (others): below, nobody
 * gets one unasked, also while a server is down that is to come back on its port. Sidecars have 21000 to 21255.
 */
const FIRST_PORT = 22_000;
const BLOCKS = 200;
const PORTS_PER_BLOCK = 50;

let left: number[] = [];
let previous: Promise<unknown> = Promise.resolve();

/**
 * A port of the loopback interface that is free for TCP and for UDP, given to nobody else by any process that asks here.
 * Prefer listening on port 0; this is for servers that must be told their port, or must find it again.
 */
export function freePort(): Promise<number> {
  const port = previous.then(nextPort);
  previous = port.catch(() => undefined);
  return port;
}

async function nextPort(): Promise<number> {
  for (;;) {
    if (left.length === 0) left = await claimBlock();
    const port = left.shift()!;
    if ((await listens(port, 'briefly')) && (await bindsDatagrams(port))) return port;
  }
}

/** The first port of a block says that the block is taken: this process listens there until it ends. */
async function claimBlock(): Promise<number[]> {
  for (let i = 0; i < BLOCKS; i++) {
    const first = FIRST_PORT + ((process.pid + i) % BLOCKS) * PORTS_PER_BLOCK;
    if (await listens(first, 'on')) return Array.from({ length: PORTS_PER_BLOCK - 1 }, (_, at) => first + 1 + at);
  }
  throw new Error(`no ports are left from ${FIRST_PORT} to ${FIRST_PORT + BLOCKS * PORTS_PER_BLOCK}`);
}

/** Whether the port could be listened on; the socket stays open for `on`, without keeping the process alive. */
function listens(port: number, how: 'on' | 'briefly'): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy()).unref();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => {
      if (how === 'on') resolve(true);
      else server.close(() => resolve(true));
    });
  });
}

function bindsDatagrams(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => resolve(false));
    socket.bind(port, '127.0.0.1', () => socket.close(() => resolve(true)));
  });
}
