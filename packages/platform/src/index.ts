/**
 * Ports to the outside world and their Node implementations. The pure cores import only the port types,
 * `assert`, `CodedError` and `seededRandom` from here.
 * @packageDocumentation
 */
export { sleep, systemClock, type Clock, type Timer } from './clock/clock';
export { seededRandom, shuffle, systemRandom, type Random } from './random/random';
export { assert, AssertionFailure, CodedError, messageOf } from './errors/coded-error';
export {
  addressProblem,
  dialErrorText,
  joinHostPort,
  listenErrorText,
  lookupErrorText,
  splitHostPort,
  tlsReason,
} from './errors/dial-error';
export { fileErrorText } from './errors/file-error';
export { inSequence } from './lifecycle/in-sequence';
export { runPiece, type WhenTold } from './lifecycle/piece-main';
export type { Readiness, Startable } from './lifecycle/startable';
export { formatGoDuration, parseGoDuration } from './duration/go-duration';
export { goDurationProblem } from './duration/go-duration-problem';
export { quoteGo } from './text/quote-go';
export {
  LOG_LEVELS,
  silentLogger,
  type LogFields,
  type Logger,
  type LogLevel,
  type LogRecord,
  type LogSource,
} from './logger/logger';
export { createLogger, textLine, type LoggerOptions } from './logger/pino-logger';
export { LATENCY_BUCKETS, Metrics, type Counter, type Gauge, type Histogram, type Latency } from './metrics/metrics';
export { eventLoopLag } from './metrics/event-loop-lag';
export { AdminServer, type AdminServerOptions } from './admin/admin-server';
export { optionsJsonSpec, withOptionsJson } from './environment/options-json';
export { environmentName, OptionsError, readOptions, type OptionSpec } from './environment/options';
