import { CodedError } from '@tribune/platform';

/** One thing that is wrong with the configuration. */
export interface Problem {
  /** `services[0].checks[1].interval`, or '' when no single key is to blame. */
  readonly key: string;
  readonly message: string;
  /** File or flag that said it, '' for the whole. */
  readonly source: string;
}

/** Everything that is wrong with a configuration, found in one go. */
export class ConfigError extends CodedError<{ code: 'CONFIG_INVALID'; problems: readonly Problem[] }> {
  constructor(problems: readonly Problem[]) {
    super({ code: 'CONFIG_INVALID', problems }, problems.map(problemLine).join('\n'));
  }
}

export function problemLine({ key, message, source }: Problem): string {
  return [source, key, message].filter((part) => part !== '').join(': ');
}
