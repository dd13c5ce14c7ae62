import { execFile } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import { freePort } from './free-port';

test('the port can be listened on, by TCP and by UDP', async () => {
  const port = await freePort();
  const server = createServer().listen(port, '127.0.0.1');
  const socket = createSocket('udp4').bind(port, '127.0.0.1');
  await Promise.all([once(server, 'listening'), once(socket, 'listening')]);
  server.close();
  socket.close();
});

test('no port is given twice, and none that is taken', async () => {
  const first = await freePort();
  const server = createServer().listen(first + 1, '127.0.0.1');
  const socket = createSocket('udp4').bind(first + 2, '127.0.0.1');
  await Promise.all([once(server, 'listening'), once(socket, 'listening')]);
  const ports = await Promise.all(Array.from({ length: 100 }, () => freePort()));
  expect(new Set([first, first + 1, first + 2, ...ports]).size).toBe(103);
  server.close();
  socket.close();
});

test('two processes are given different ports', async () => {
  const own = await freePort();
  // Whoever claims this process's block as well would give its ports.
  const block = own - ((own - 22_000) % 50);
  const script = `require('node:net').createServer().on('error', ({ code }) => console.log(code)).listen(${block}, '127.0.0.1')`;
  expect((await promisify(execFile)(process.execPath, ['-e', script])).stdout).toBe('EADDRINUSE\n');
});
