/** Preloaded into an agent (`node --expose-gc -r …`): says how large its heap is without garbage, when asked over IPC. */
process.on('message', () => {
  (globalThis as { gc?: () => void }).gc?.();
  process.send!(process.memoryUsage().heapUsed);
});
// The question must not keep the agent alive.
process.channel?.unref();
