export interface SignalHandlers {
  stop(signal: 'SIGINT' | 'SIGTERM'): void;
  reload(): void;
}

/** SIGHUP reloads; the first SIGINT or SIGTERM stops in order, the second at once. */
export function followSignals(handlers: SignalHandlers): { stop(): void } {
  let isStopping = false;
  const stop = (signal: 'SIGINT' | 'SIGTERM') => (): void => {
    if (isStopping) process.exit(1);
    isStopping = true;
    handlers.stop(signal);
  };
  const listeners = { SIGINT: stop('SIGINT'), SIGTERM: stop('SIGTERM'), SIGHUP: () => handlers.reload() } as const;
  for (const [signal, listener] of Object.entries(listeners)) process.on(signal, listener);
  return {
    stop() {
      for (const [signal, listener] of Object.entries(listeners)) process.off(signal, listener);
    },
  };
}
