import { CodedError, messageOf } from '../errors/coded-error';

/** Calls `stop` once, at the first SIGTERM or SIGINT. */
export type WhenTold = (stop: () => void) => void;

/**
 * The `main` of a piece that is a process of its own. What keeps it from starting goes to standard error, all problems
 * of its options at once, and the process ends with 1.
 */
export function runPiece(start: (whenTold: WhenTold) => Promise<void>): void {
  start(whenTold).catch((error: unknown) => {
    process.stderr.write(`${complaint(error)}\n`);
    process.exit(1);
  });
}

const whenTold: WhenTold = (stop) => {
  let isTold = false;
  const told = (): void => {
    if (isTold) return;
    isTold = true;
    stop();
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, told);
};

function complaint(error: unknown): string {
  if (!(error instanceof CodedError)) return messageOf(error);
  const { problems } = error.detail as { readonly problems?: readonly string[] };
  return problems ? problems.join('\n') : error.message;
}
