// WebGPU reports most errors apart from the call that made them. A scope catches those of the calls made inside it.
import { TrtxError } from '@trtx/errors';
import type { Residency } from './residency.ts';

/**
 * Calls `work`, which must not be async, and resolves to its result once the device has found all its calls valid.
 * Throws `GPU_VALIDATION`, or what `work` throws.
 */
export async function checked<T>(residency: Residency, what: string, work: () => T): Promise<T> {
  const { result, verdict } = scoped(residency, what, work);
  await verdict;
  return result;
}

/**
 * As `checked`, with the result at once and the verdict later. The caller has to handle the verdict's rejection.
 *
 * @param refuse makes the verdict's error of what the scope, which catches errors of the kind `filter`, has caught
 */
export function scoped<T>(
  residency: Residency,
  what: string,
  work: () => T,
  filter: GPUErrorFilter = 'validation',
  refuse = (error: GPUError) => refused(what, error),
): { result: T; verdict: Promise<void> } {
  const { device } = residency;
  device.pushErrorScope(filter);
  let scope: Promise<GPUError | null> | undefined;
  try {
    const result = work();
    scope = device.popErrorScope();
    return {
      result,
      verdict: residency.guard(scope, what).then((error) => {
        if (error) throw refuse(error);
      }),
    };
  } finally {
    // The scope has to be closed when `work` throws, or it would swallow other errors of the device from now on.
    if (!scope) device.popErrorScope().catch(() => {});
  }
}

/** As Promise.all, but waits for all of them even if one fails, and throws the error of the first in the list. */
export async function settle<T extends readonly unknown[]>(
  all: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const results = (await Promise.allSettled(all)).map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
  return results as { -readonly [K in keyof T]: Awaited<T[K]> };
}

/** The error for a call that WebGPU found invalid. */
function refused(what: string, error: GPUError): TrtxError {
  return new TrtxError('GPU_VALIDATION', `${what}: WebGPU refused it: ${error.message}`, {
    hint: 'look at the GPU buffers that were handed in; if there were none, report it',
    cause: error,
  });
}
