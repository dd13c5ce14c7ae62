// Loaded into each piece before its own `main`: standard input is a pipe that the agent holds, and which the system
// closes however the agent ends, by SIGKILL too. A piece that nobody supervises must not live on with the agent's ports.
const { isMainThread } = require('node:worker_threads');

/** As long as the supervisor gives a piece that it stops. */
const STOP_TIMEOUT_MS = 5_000;

function watchParent() {
  // As `process.stdin`: a second reader of descriptor 0 would be refused.
  const pipe = process.stdin;
  pipe.on('error', () => undefined);
  pipe.on('close', () => {
    process.kill(process.pid, 'SIGTERM');
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), STOP_TIMEOUT_MS).unref();
  });
  pipe.resume();
  pipe.unref();
}

// Worker threads load this too.
if (isMainThread) watchParent();
