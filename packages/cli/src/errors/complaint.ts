import { reasonOf } from './reason';

/** Ends a command with a line on standard error. */
export class Complaint extends Error {
  override readonly name = 'Complaint';

  constructor(
    message: string,
    /** Whether the command's help follows. */
    readonly showsHelp = false,
    readonly exitCode = 1,
  ) {
    super(message);
  }
}

/** Wrong arguments: the message, then the command's help. */
export const misuse = (message: string): Complaint => new Complaint(message, true);

/** Does the work; its failure becomes `<doing>: <reason>`. */
export async function orComplain<T>(doing: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Complaint) throw error;
    throw new Complaint(`${doing}: ${reasonOf(error)}`);
  }
}

export function refuseArguments(args: readonly string[], expected = 0): void {
  if (args.length > expected) throw new Complaint(`Too many arguments (expected ${expected}, got ${args.length})`);
}
