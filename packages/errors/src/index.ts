// @trtx/errors: the one error class of @trtx, and the records of its loggers.
export { type ErrorOptions, type ErrorPlace, errorAt, isTrtxError, quote, TrtxError } from './error.ts';
export { atMost, type Logger, type LogRecord, logText, type Severity, severities } from './log.ts';
