/** A lock or a semaphore, as the command sees it. */
export interface Holding {
  /** For `-verbose`. */
  readonly setup: string;
  /** False when the time was up or the signal came. Throws when it can never be had. */
  acquire(signal: AbortSignal): Promise<boolean>;
  /** Resolves when the lock is lost, or by the signal. */
  untilLost(signal: AbortSignal): Promise<void>;
  release(): Promise<void>;
  /** Removes what is left in the store, unless others use it. */
  cleanUp(): Promise<'removed' | 'inUse'>;
}

export interface HoldingOptions {
  readonly name: string;
  /** Without trailing slash. */
  readonly prefix: string;
  /** Undefined waits for ever. */
  readonly timeoutMs: number | undefined;
  readonly monitorRetries: number;
}

/** Consul's longest blocking wait of a lock that is not ours: 15 s, then look again. */
export const WAIT_MS = 15_000;

/** How long the next blocking read may take; undefined when the time is up. The first one always may. */
export function nextWaitMs(timeoutMs: number | undefined, passedMs: number, isFirst: boolean): number | undefined {
  if (timeoutMs === undefined) return WAIT_MS;
  if (isFirst) return timeoutMs;
  return passedMs >= timeoutMs ? undefined : timeoutMs - passedMs;
}
