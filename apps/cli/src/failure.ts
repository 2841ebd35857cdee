// What the user sees of an error, and the exit status that it has.

import { isTrtxError } from '@trtx/errors';

/** Something ran and was wrong: a check, the model, the device. */
export const FAILED = 1;
/** The command could not start: wrong arguments, a file that is missing or damaged. */
export const MISUSED = 2;

/** Codes of errors in what the user handed over: arguments and files. */
const MISUSE: ReadonlySet<string> = new Set([
  'USAGE',
  'PROFILE',
  'PROFILE_MISSING',
  'PASS_UNKNOWN',
  'FLOAT16_TYPED',
  'FLOAT16_UNKNOWN',
  'COMPOSE',
  'CHECK_NEVER_FAILS',
  'CHECK_ALWAYS_FAILS',
  'CHECK_COMMAND',
  'PLUGIN_LOAD',
  'PLUGIN_API',
  'PLUGIN_DEFINITION',
  'PLUGIN_CONFLICT',
  'INPUT_MISSING',
  'TENSOR_UNKNOWN',
  'TENSOR_FILE',
  'PICTURE',
  'FILE_NOT_FOUND',
  'FILE_READ',
  'FILE_WRITE',
  'SOURCE_UNREADABLE',
  'NOT_A_MODEL',
  'ONNX_PARSE',
  'ONNX_MODEL',
  'ONNX_EXTERNAL',
  'NOT_AN_ENGINE',
  'ENGINE_DAMAGED',
  'ENGINE_VERSION',
  'ENGINE_STRIPPED',
  'ENGINE_INVALID',
  'REFIT',
  'TIMING_CACHE',
]);

export function exitStatusOf(error: unknown): number {
  return isTrtxError(error) && MISUSE.has(error.code) ? MISUSED : FAILED;
}

/** The error as text for a terminal; the stack only where it is asked for. */
export function errorText(error: unknown, verbose: boolean): string {
  if (verbose && error instanceof Error) return stacks(error);
  if (isTrtxError(error)) return error.message;
  return `INTERNAL: ${error instanceof Error ? error.message : error}\n  hint: This is a fault of trtx; --verbose shows where.`;
}

/** The error as data for `--json`. Absent fields are left out. */
export function errorData(error: unknown, verbose: boolean): Record<string, unknown> {
  const stack = verbose && error instanceof Error ? { stack: stacks(error) } : {};
  if (!isTrtxError(error))
    return { code: 'INTERNAL', message: error instanceof Error ? error.message : `${error}`, ...stack };
  const { code, place, hint, details } = error;
  return { code, message: error.summary, ...place, hint, ...(details.length > 0 ? { details } : {}), ...stack };
}

function stacks(error: Error): string {
  const own = error.stack ?? String(error);
  return error.cause instanceof Error ? `${own}\ncaused by: ${stacks(error.cause)}` : own;
}
