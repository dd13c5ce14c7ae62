export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error';
export type LogFields = Readonly<Record<string, unknown>>;

/** Fixed message, data in fields, one child per module. Never interpolate data into the message. */
export interface Logger {
  trace(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  child(module: string): Logger;
  /** Whether a line at this level reaches anybody: for callers to whom its fields are dear. Absent: assume so. */
  reaches?(level: LogLevel): boolean;
}

/** One line as `tribune monitor` and `/v1/agent/monitor` see it. */
export interface LogRecord {
  readonly wallMs: number;
  readonly level: LogLevel;
  readonly module: string;
  readonly message: string;
  readonly fields: LogFields;
}

/** A logger whose lines can also be followed, and whose level can change at reload. */
export interface LogSource extends Logger {
  setLevel(level: LogLevel): void;
  /** Calls `listener` for each line at `level` or above until the returned function is called. */
  follow(level: LogLevel, listener: (record: LogRecord) => void): () => void;
}

export const LOG_LEVELS: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error'];

const nothing = (): void => undefined;
export const silentLogger: Logger = {
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  child: () => silentLogger,
  reaches: () => false,
};
