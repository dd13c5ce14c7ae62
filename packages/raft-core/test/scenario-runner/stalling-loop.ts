import type { Clock } from '@tribune/platform';
import { Ticker } from '../../src/node/ticker';

/** The default of production: what a tick is worth on a server's own clock. */
export const TICK_MS = 10;

export interface StalledServer {
  nowMs: number;
}

/**
 * An event loop that stands still for some ticks and then goes on as Node's does: the timer that is long overdue fires
 * first, and only the next turn reads what has come in meanwhile. The ticks that come of it are the production ticker's.
 */
export function stall(server: StalledServer, ticks: number, readInbox: () => void, tick: () => void): void {
  let fire = (): void => undefined;
  const clock: Clock = {
    monotonicMs: () => server.nowMs,
    wallMs: () => server.nowMs,
    setTimer(_delayMs, callback) {
      fire = callback;
      return { cancel: () => undefined };
    },
  };
  const nextTurn = (run: () => void): void => {
    readInbox();
    run();
  };
  const ticker = new Ticker(TICK_MS, clock, nextTurn, tick);
  ticker.start();
  server.nowMs += ticks * TICK_MS;
  fire();
  ticker.stop();
}
