import { CodedError } from '@tribune/platform';

/** A log entry from a newer program. The node stops rather than skip what its peers apply. */
export class UnknownCommandError extends CodedError<{
  readonly code: 'STATE_COMMAND_UNKNOWN';
  readonly type: string;
}> {
  constructor(type: string) {
    super({ code: 'STATE_COMMAND_UNKNOWN', type }, `command ${type} is not known to this program`);
  }
}
