import { createServer } from 'node:net';

/**
 * A TCP port of the loopback interface that was free a moment ago. Prefer listening on port 0; this is for processes
 * that must be told their port. The system hands out ephemeral ports in turn, so a clash needs thousands in between.
 */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
