import type { Readiness } from '@tribune/platform';

/** One part of the agent, however it is laid out. The supervisor starts it, hears of its death, and starts it again. */
export interface Piece {
  readonly name: string;
  /** Resolves when the piece works. `died` is called at most once per start, when it stops working by itself. */
  start(died: (reason: Error) => void): Promise<void>;
  /** Idempotent; also cleans up after a death or a failed start. */
  stop(): Promise<void>;
  readiness(): Readiness;
}
