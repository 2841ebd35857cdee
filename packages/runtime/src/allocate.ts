// Makes GPU buffers. WebGPU tells later that it had no memory, so each is made inside error scopes and awaited.
import { isTrtxError, TrtxError } from '@trtx/errors';
import type { Residency } from './residency.ts';
import { refused } from './scope.ts';

export interface BufferRequest {
  readonly label: string;
  readonly bytes: number;
  readonly usage: number;
}

/** A kernel may declare an array of vec4, which no smaller buffer can be bound to. */
export const LEAST_BYTES = 16;

/**
 * All buffers asked for, or none: on an error those already made are destroyed.
 * Throws `OUT_OF_MEMORY`, `DEVICE_LOST`, `GPU_VALIDATION` or `GPU_FAILED`.
 */
export async function allocate(residency: Residency, requests: readonly BufferRequest[]): Promise<GPUBuffer[]> {
  const made: { request: BufferRequest; buffer: GPUBuffer; errors: Promise<GPUError | null>[] }[] = [];
  try {
    for (const request of requests) made.push(make(residency, request));
    const found = await Promise.all(
      made.map(({ errors }) => Promise.all(errors.map((error) => residency.guard(error, 'making a buffer')))),
    );
    for (const [i, [memory, validation]] of found.entries()) {
      if (memory) throw outOfMemory(residency, requests[i]!, memory);
      if (validation) throw refused('making a buffer', validation);
    }
  } catch (cause) {
    for (const { buffer } of made) buffer.destroy();
    throw isTrtxError(cause) ? cause : await residency.explain(cause, 'making a buffer');
  }
  for (const { buffer } of made) {
    residency.bytesHeld += buffer.size;
    residency.log({ severity: 'verbose', message: `${buffer.label}: ${buffer.size} bytes` });
  }
  return made.map(({ buffer }) => buffer);
}

function make({ device }: Residency, request: BufferRequest) {
  const { label, bytes, usage } = request;
  device.pushErrorScope('validation');
  device.pushErrorScope('out-of-memory');
  try {
    const buffer = device.createBuffer({ label, size: Math.max(bytes, LEAST_BYTES), usage });
    const errors = [device.popErrorScope(), device.popErrorScope()];
    // A later request may throw, and then nobody waits for these.
    for (const error of errors) error.catch(() => {});
    return { request, buffer, errors };
  } catch (error) {
    for (let i = 0; i < 2; i++) device.popErrorScope().catch(() => {});
    throw error;
  }
}

function outOfMemory({ bytesHeld }: Residency, { label, bytes }: BufferRequest, cause: GPUError): TrtxError {
  return new TrtxError('OUT_OF_MEMORY', `no ${bytes} bytes for ${label}; the engine holds ${bytesHeld} bytes`, {
    hint: 'dispose contexts not in use, or build with a smaller profile or smaller weights',
    cause,
  });
}
