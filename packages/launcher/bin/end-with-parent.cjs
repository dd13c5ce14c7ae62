// Loaded into each piece before its own `main`: standard input is a pipe that the agent holds, and which the system
// closes however the agent ends, by SIGKILL too. A piece that nobody supervises must not live on with the agent's ports.
const { Socket } = require('node:net');

/** As long as the supervisor gives a piece that it stops. */
const STOP_TIMEOUT_MS = 5_000;

const pipe = new Socket({ fd: 0, readable: true, writable: false });
pipe.on('error', () => undefined);
pipe.on('close', () => {
  process.kill(process.pid, 'SIGTERM');
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), STOP_TIMEOUT_MS).unref();
});
pipe.resume();
pipe.unref();
