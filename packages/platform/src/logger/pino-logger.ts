import pino from 'pino';
import { LOG_LEVELS, type LogFields, type LogLevel, type LogRecord, type LogSource } from './logger';

export interface LoggerOptions {
  readonly level: LogLevel;
  /** `text` is for people at a terminal, `json` for collectors. */
  readonly format: 'text' | 'json';
  readonly destination?: NodeJS.WritableStream;
}

type Follower = { readonly rank: number; readonly listener: (record: LogRecord) => void };

/** The production logger. pino does the formatting; followers (the monitor endpoint) get the same records. */
export function createLogger(options: LoggerOptions): LogSource {
  const state = { rank: rankOf(options.level), followers: new Set<Follower>() };
  const out = options.destination ?? process.stdout;
  const write = options.format === 'json' ? jsonWriter(out) : (record: LogRecord) => void out.write(textLine(record));

  const reaches = (level: LogLevel): boolean => {
    if (rankOf(level) >= state.rank) return true;
    for (const follower of state.followers) if (rankOf(level) >= follower.rank) return true;
    return false;
  };
  const emit = (level: LogLevel, module: string, message: string, fields: LogFields = {}): void => {
    const rank = rankOf(level);
    if (rank < state.rank && state.followers.size === 0) return;
    const record: LogRecord = { wallMs: Date.now(), level, module, message, fields };
    if (rank >= state.rank) write(record);
    for (const follower of state.followers) if (rank >= follower.rank) follower.listener(record);
  };

  const make = (module: string): LogSource => ({
    trace: (message, fields) => emit('trace', module, message, fields),
    debug: (message, fields) => emit('debug', module, message, fields),
    info: (message, fields) => emit('info', module, message, fields),
    warn: (message, fields) => emit('warn', module, message, fields),
    error: (message, fields) => emit('error', module, message, fields),
    reaches,
    child: (name) => make(module ? `${module}.${name}` : name),
    setLevel: (level) => void (state.rank = rankOf(level)),
    follow(level, listener) {
      const follower = { rank: rankOf(level), listener };
      state.followers.add(follower);
      return () => void state.followers.delete(follower);
    },
  });
  return make('');
}

const rankOf = (level: LogLevel): number => LOG_LEVELS.indexOf(level);

function jsonWriter(out: NodeJS.WritableStream): (record: LogRecord) => void {
  const logger = pino(
    { level: 'trace', base: undefined, timestamp: pino.stdTimeFunctions.isoTime },
    out as pino.DestinationStream,
  );
  return ({ level, module, message, fields }) => logger[level]({ module, ...serializable(fields) }, message);
}

/** `2026-01-02T03:04:05.678Z [INFO]  raft: became leader: term=2 index=7`, the shape Consul users know. */
export function textLine({ wallMs, level, module, message, fields }: LogRecord): string {
  const tag = `[${level.toUpperCase()}]`.padEnd(7);
  const data = Object.entries(serializable(fields)).map(([key, value]) => ` ${key}=${printed(value)}`);
  const colon = data.length > 0 ? ':' : '';
  return `${new Date(wallMs).toISOString()} ${tag} ${module ? `${module}: ` : ''}${message}${colon}${data.join('')}\n`;
}

function serializable(fields: LogFields): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, plain(value)]),
  );
}

const plain = (value: unknown): unknown =>
  value instanceof Error ? value.message : typeof value === 'bigint' ? value.toString() : value;

function printed(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text !== undefined && /^[^\s"=]+$/.test(text) ? text : JSON.stringify(text);
}
