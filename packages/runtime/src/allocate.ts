// Makes GPU buffers. WebGPU tells later that it had no memory, so each is made inside error scopes and awaited.
import { TrtxError } from '@trtx/errors';
import type { Residency } from './residency.ts';
import { scoped, settle } from './scope.ts';

export interface BufferRequest {
  readonly label: string;
  readonly bytes: number;
  readonly usage: number;
}

/** A kernel may declare an array of vec4, which no smaller buffer can be bound to. */
export const LEAST_BYTES = 16;

/** What is done, for errors. */
const WHAT = 'making a buffer';

/**
 * All buffers asked for, or none: on an error those already made are destroyed.
 * Throws `OUT_OF_MEMORY`, `DEVICE_LOST`, `GPU_VALIDATION` or `GPU_FAILED`.
 */
export async function allocate(residency: Residency, requests: readonly BufferRequest[]): Promise<GPUBuffer[]> {
  const made: GPUBuffer[] = [];
  const verdicts: Promise<void>[] = [];
  try {
    for (const request of requests) {
      const outer = scoped(residency, WHAT, () => make(residency, request));
      const { result, verdict } = outer.result;
      made.push(result);
      verdicts.push(verdict, outer.verdict);
    }
    await settle(verdicts);
  } catch (cause) {
    await Promise.allSettled(verdicts);
    for (const buffer of made) buffer.destroy();
    throw await residency.explain(cause, WHAT);
  }
  for (const { label, size } of made) {
    residency.bytesHeld += size;
    residency.log({ severity: 'verbose', message: `${label}: ${size} bytes` });
  }
  return made;
}

function make(residency: Residency, { label, bytes, usage }: BufferRequest) {
  return scoped(
    residency,
    WHAT,
    () => residency.device.createBuffer({ label, size: Math.max(bytes, LEAST_BYTES), usage }),
    'out-of-memory',
    (cause) =>
      new TrtxError('OUT_OF_MEMORY', `no ${bytes} bytes for ${label}; the engine holds ${residency.bytesHeld} bytes`, {
        hint: 'dispose contexts not in use, or build with a smaller profile or smaller weights',
        cause,
      }),
  );
}
