import type { Composition, CompositionInput } from './composition';
import { composeClient } from './inline-client';
import type * as ProcessesModule from '../processes/compose-processes';
import { composeServer } from './inline-server';

/** Lays the pieces out as the configuration says. */
export function composeAgent(input: CompositionInput): Composition {
  if (input.config.layout === 'processes')
    return (require('../processes/compose-processes') as typeof ProcessesModule).composeProcesses(input);
  return input.config.mode === 'server' ? composeServer(input) : composeClient(input);
}
