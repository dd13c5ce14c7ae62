import type { Startable } from './startable';

/** Many as one: started one after the other, each on those before it, and stopped the other way round. */
export function inSequence(parts: readonly Startable[]): Startable {
  return {
    async start() {
      for (const part of parts) await part.start();
    },
    async stop() {
      for (const part of [...parts].reverse()) await part.stop();
    },
  };
}
