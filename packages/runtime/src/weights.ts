// Brings weights to the device in pieces, as they arrive, and keeps few of them in memory at a time.
import { type OpenEngine, readBlobs } from '@trtx/engine';
import type { LoadProgress } from './progress.ts';
import type { Residency } from './residency.ts';
import { checked } from './scope.ts';

/** Bytes that may wait in the queue: what is written stays in the host's memory until the device has taken it. */
const MOST_QUEUED = 1 << 26;

/**
 * Fills the weights buffers, and the memory of those on the host, and checks all checksums on the way.
 * Throws `ENGINE_DAMAGED`, `SOURCE_UNREADABLE`, `DEVICE_LOST`, `GPU_VALIDATION` or `GPU_FAILED`.
 */
export async function uploadWeights(
  residency: Residency,
  engine: OpenEngine,
  onProgress: (progress: LoadProgress) => void,
): Promise<void> {
  const { queue } = residency.device;
  const { blobs } = engine.plan;
  const total = blobs.reduce((sum, { bytes }) => sum + bytes, 0);
  let [done, queued] = [0, 0];
  for await (const { blob, offset, bytes } of readBlobs(engine)) {
    const { buffer, offset: start } = blobs[blob]!;
    const memory = residency.constants.get(buffer);
    if (memory) memory.set(bytes, start + offset);
    else {
      await checked(residency, 'writing weights', () =>
        queue.writeBuffer(residency.buffers[buffer]!, start + offset, bytes as Uint8Array<ArrayBuffer>),
      );
      queued += bytes.length;
    }
    if (queued >= MOST_QUEUED) {
      await residency.guard(queue.onSubmittedWorkDone(), 'writing weights');
      queued = 0;
    }
    done += bytes.length;
    onProgress({ stage: 'weights', done, total, label: 'weights' });
  }
}
