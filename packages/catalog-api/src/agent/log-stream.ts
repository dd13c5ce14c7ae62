import { LOG_LEVELS, textLine, type LogLevel, type LogRecord, type LogSource } from '@tribune/platform';

/** Lines kept for a reader that is slower than the log; Consul's bound. Beyond it lines are dropped, and counted. */
const LINES_MAX = 512;

const LEVELS: Readonly<Record<string, LogLevel>> = {
  ...Object.fromEntries(LOG_LEVELS.map((level) => [level, level])),
  err: 'error',
};

/** The level behind `?loglevel=`, in any case; '' is info. Undefined when there is no such level. */
export const logLevelOf = (text: string): LogLevel | undefined =>
  text === '' ? 'info' : Object.hasOwn(LEVELS, text.toLowerCase()) ? LEVELS[text.toLowerCase()] : undefined;

/** Log lines as they come, until `signal` aborts. */
export async function* logLines(
  source: LogSource,
  level: LogLevel,
  format: (record: LogRecord) => string,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const lines: string[] = [];
  let dropped = 0;
  let wake = (): void => undefined;
  const unfollow = source.follow(level, (record) => {
    if (lines.length < LINES_MAX) lines.push(format(record));
    else dropped++;
    wake();
  });
  const end = (): void => wake();
  signal.addEventListener('abort', end);
  try {
    while (!signal.aborted) {
      if (lines.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      yield* lines.splice(0);
      if (dropped > 0) yield `[WARN]  monitor: dropped ${dropped} lines: the reader is too slow\n`;
      dropped = 0;
    }
  } finally {
    signal.removeEventListener('abort', end);
    unfollow();
  }
}

export const textFormat = textLine;

/** hclog's JSON form, which `consul monitor -log-json` prints. */
export function jsonFormat({ wallMs, level, module, message, fields }: LogRecord): string {
  const named = module === '' ? {} : { '@module': module };
  const head = { '@level': level, '@message': message, ...named, '@timestamp': new Date(wallMs).toISOString() };
  const plain = Object.entries(fields).map(([name, value]) => [name, printable(value)]);
  return `${JSON.stringify({ ...head, ...Object.fromEntries(plain) })}\n`;
}

const printable = (value: unknown): unknown =>
  value instanceof Error ? value.message : typeof value === 'bigint' ? String(value) : value;
