// How work goes on, told to whoever wants to know: records for a sink that the application chooses. Below all packages, as
// errors are, for what builds and what runs both have something to tell.
import { type ErrorPlace, placeText } from './error.ts';

/** TensorRT's, the worst first. */
export const severities = ['internal-error', 'error', 'warning', 'info', 'verbose'] as const;

/**
 * `internal-error`: a fault of @trtx itself. `error`: something failed. `warning`: it works, and not as one would wish.
 * `info`: what was chosen and done. `verbose`: each piece of it.
 */
export type Severity = (typeof severities)[number];

/** One thing that happened, and where: names are those of the model, as they are. */
export interface LogRecord extends ErrorPlace {
  readonly severity: Severity;
  /** That of the error, if it is one. */
  readonly code?: string;
  readonly message: string;
  /** How long it took, in milliseconds. */
  readonly ms?: number;
}

/** Takes records as they arise, in the midst of the work: it should be quick, and may not throw. */
export type Logger = (record: LogRecord) => void;

/** A logger that passes on what is as bad as `least` or worse. */
export function atMost(least: Severity, logger: Logger): Logger {
  const most = severities.indexOf(least);
  return (record) => {
    if (severities.indexOf(record.severity) <= most) logger(record);
  };
}

/** A record as one line: `[warning] computed on the host: no kernel (node TopK_3)`. */
export function logText(record: LogRecord): string {
  const { severity, code, message, ms } = record;
  const time = ms === undefined ? '' : `, ${ms.toFixed(1)} ms`;
  return `[${severity}] ${code ? `${code}: ` : ''}${message}${time}${placeText(record)}`;
}
