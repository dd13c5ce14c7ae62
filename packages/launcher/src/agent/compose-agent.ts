import type { Composition, CompositionInput } from './composition';
import { composeServer } from './inline-server';

/** Lays the pieces out as the configuration says. */
export function composeAgent(input: CompositionInput): Composition {
  return composeServer(input);
}
