import type { LogFields, Logger, LogLevel, LogRecord } from '@tribune/platform';

/** Keeps every line, its children's too, so that a test can say what was logged. Wall time is 0. */
export class RecordingLogger implements Logger {
  constructor(
    readonly records: LogRecord[] = [],
    private readonly module = '',
  ) {}

  trace(message: string, fields: LogFields = {}): void {
    this.record('trace', message, fields);
  }

  debug(message: string, fields: LogFields = {}): void {
    this.record('debug', message, fields);
  }

  info(message: string, fields: LogFields = {}): void {
    this.record('info', message, fields);
  }

  warn(message: string, fields: LogFields = {}): void {
    this.record('warn', message, fields);
  }

  error(message: string, fields: LogFields = {}): void {
    this.record('error', message, fields);
  }

  child(module: string): RecordingLogger {
    return new RecordingLogger(this.records, this.module === '' ? module : `${this.module}.${module}`);
  }

  /** Messages at a level, in order. */
  messages(level: LogLevel): string[] {
    return this.records.filter((record) => record.level === level).map((record) => record.message);
  }

  private record(level: LogLevel, message: string, fields: LogFields): void {
    this.records.push({ wallMs: 0, level, module: this.module, message, fields });
  }
}
