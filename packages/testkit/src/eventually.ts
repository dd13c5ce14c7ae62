/**
 * Ends what hangs, and never what a busy machine holds up: with forty processes that want two cores, an agent takes half a
 * minute to start and its event loop stands still for twelve seconds at a time.
 */
export const PATIENCE_MS = 180_000;

/** Calls `probe` until it gives a value (not undefined, not false); fails with the last error after `timeoutMs`. */
export async function eventually<T>(
  what: string,
  probe: () => Promise<T | undefined | false>,
  timeoutMs = PATIENCE_MS,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  let last: unknown;
  for (;;) {
    try {
      const value = await probe();
      if (value !== undefined && value !== false) return value;
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadline) throw new Error(`${what}: not within ${timeoutMs} ms`, { cause: last });
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
