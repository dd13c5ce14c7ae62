import { CodedError } from '@tribune/platform';

/** Text that is not HCL, with the place (1-based) where reading stopped. */
export class HclError extends CodedError<{ code: 'HCL_SYNTAX'; line: number; column: number }> {
  constructor(line: number, column: number, message: string) {
    super({ code: 'HCL_SYNTAX', line, column }, `line ${line}, column ${column}: ${message}`);
  }
}
