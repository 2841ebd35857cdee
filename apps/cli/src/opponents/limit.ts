// Other engines may take very long to begin: onnxruntime-web compiles its WebGPU kernels at the first run, and a software
// adapter needs ten seconds and more for some of them. Waiting has an end.

import { TrtxError } from '@trtx/errors';

/**
 * What `work` resolves to, if that takes no longer than `seconds`; else `signal` is aborted, for who works to stop.
 * @throws TrtxError OPPONENT where it takes longer, and what `work` throws
 */
export async function withinLimit<T>(
  name: string,
  seconds: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(
        new TrtxError('OPPONENT', `${name} has not loaded the model and run it once in ${seconds} s`, {
          hint: 'On a software adapter its kernels take long to compile: give it more with --vs-limit, or take another provider.',
        }),
      );
      controller.abort();
    }, seconds * 1000);
  });
  try {
    return await Promise.race([work(controller.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}
