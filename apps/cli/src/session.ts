// One call of the command: how it talks to its caller. Results go to stdout, all else to stderr; with --json there is one
// object on stdout, whatever happens.

import { atMost, type Logger, logText, type Severity, severities } from '@trtx/errors';
import { errorData, errorText, exitStatusOf } from './failure.ts';
import { noProgress, type Progress, progressOn } from './progress.ts';

export class Session {
  /** The exit status; a command sets it where a check fails. */
  status = 0;
  readonly json: boolean;
  readonly progress: Progress;
  /** Prints records, as far as `--log-level` asks for them. */
  readonly log: Logger;
  readonly #verbose: boolean;
  #adapter: string | undefined;

  /** Reads its own flags off the arguments, since an error in the others is to be told in the form that they ask for. */
  constructor(argv: readonly string[]) {
    const has = (...flags: string[]) => flags.some((flag) => argv.includes(flag));
    this.json = has('--json');
    this.#verbose = has('--verbose');
    this.log = this.#loggerFor(levelOf(argv));
    this.progress = this.json || has('--quiet', '-q') ? noProgress() : progressOn(process.stderr);
  }

  /** Tells what the work is done on, or for, as soon as that is known. */
  useAdapter(description: string): void {
    this.#adapter = description;
    this.progress.end();
    if (!this.json) process.stderr.write(`adapter: ${description}\n`);
  }

  #loggerFor(level: Severity | undefined): Logger {
    if (level === undefined) return () => {};
    return atMost(level, (record) => {
      this.progress.end();
      process.stderr.write(`${logText(record)}\n`);
    });
  }

  /** Prints the result: the object with --json, else the lines. */
  result(data: object, lines: readonly string[]): void {
    this.progress.end();
    if (this.json) printJson({ ...(this.#adapter ? { adapter: this.#adapter } : {}), ...data });
    else process.stdout.write(`${lines.join('\n')}\n`);
  }

  /** Prints an error and sets the exit status. */
  fail(error: unknown): void {
    this.progress.end();
    this.status = exitStatusOf(error);
    if (this.json)
      printJson({ ...(this.#adapter ? { adapter: this.#adapter } : {}), error: errorData(error, this.#verbose) });
    else process.stderr.write(`${errorText(error, this.#verbose)}\n`);
  }
}

/** The value of `--log-level`; a wrong one is for the command to refuse. */
function levelOf(argv: readonly string[]): Severity | undefined {
  const at = argv.findLastIndex((arg) => /^--log-level(=|$)/.test(arg));
  const value = argv[at]?.split('=')[1] ?? argv[at + 1];
  return at < 0 ? undefined : severities.find((severity) => severity === value);
}

function printJson(data: object): void {
  process.stdout.write(`${JSON.stringify(data, null, 2)}\n`);
}
