/** Anything that runs. Both methods are idempotent; `stop` resolves when no more work of its own is under way. */
export interface Startable {
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** What a piece reports on `/readyz`: ready, or the sentence that says why not. */
export type Readiness = { ready: true } | { ready: false; reason: string };
