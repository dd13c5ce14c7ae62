import { setFlagsFromString } from 'node:v8';

/**
 * V8 doubles its young generation whenever much of it survives, up to 32 MiB, and while modules are loaded nearly
 * everything does. An agent's objects either die with their request or stay (rows, parked queries), and the sooner the
 * latter are promoted, the less often they are copied: measured, 2 MiB costs no more CPU per request than 32, and an idle
 * agent has 12 MiB less.
 */
export function keepYoungGenerationSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}
