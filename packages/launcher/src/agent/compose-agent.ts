import type { Composition, CompositionInput } from './composition';
import { composeClient } from './inline-client';
import { composeServer } from './inline-server';

/** Lays the pieces out as the configuration says. */
export function composeAgent(input: CompositionInput): Composition {
  return input.config.mode === 'server' ? composeServer(input) : composeClient(input);
}
