/** `bin/soak.mjs` runs the same tests for longer, with what a developer's machine need not have. */
export const IS_SOAK = process.env.TRIBUNE_ROUNDS !== undefined;

/** How often a fault is repeated: a little in `npm test`, much in the soak command. */
export function rounds(inTests: number): number {
  return Number(process.env.TRIBUNE_ROUNDS ?? inTests);
}

/** Ends a round that hangs: each of its steps ends after PATIENCE_MS. */
export const ROUND_MS = 600_000;

/** Goals that a busy machine cannot keep are asserted by the soak command only; `npm test` asserts what holds anywhere. */
export function bound(inSoak: number, inTests: number): number {
  return IS_SOAK ? inSoak : inTests;
}

/** `npm test` must run anywhere; the soak command may ask for namespaces. */
export const NETWORK = process.env.TRIBUNE_NETWORK === 'namespaces' ? 'namespaces' : 'proxied';
