const PATIENCE_MS = 30_000;
const PAUSE_MS = 50;

/** Asks until there is an answer; what goes wrong meanwhile is a server that is not up yet. */
export async function eventually<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const deadlineMs = Date.now() + PATIENCE_MS;
  for (let problem: unknown; ;) {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
    } catch (error) {
      problem = error;
    }
    if (Date.now() > deadlineMs) throw new Error(`waited in vain for ${what}`, { cause: problem });
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
