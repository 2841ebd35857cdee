// Buffers that outputs are read back through, and what a run places in them.
import { alignUp } from '@trtx/engine';
import type { BufferRequest } from './allocate.ts';
import { STAGING_ALIGNMENT, type StagingPlan } from './staging-plan.ts';
import { COPY_DST, MAP_READ, MODE_READ } from './usage.ts';

/** One set of staging buffers: a run has it from its submit until its outputs are copied out. */
export type StagingSet = (GPUBuffer | undefined)[];

export function stagingRequest({ bytes }: StagingPlan, bin: number): BufferRequest {
  return { label: `trtx staging ${bin}`, bytes: bytes[bin]!, usage: MAP_READ | COPY_DST };
}

/** A range of a staging buffer that holds one output of a run. */
export interface StagedOutput {
  readonly output: number;
  readonly bin: number;
  readonly offset: number;
  readonly bytes: number;
}

/** Places the outputs of one run one after the other, so that no more is mapped than the run's shapes need. */
export function placeOutputs(
  plan: StagingPlan,
  outputs: readonly number[],
  bytesOf: (output: number) => number,
): StagedOutput[] {
  const ends: number[] = plan.bytes.map(() => 0);
  return outputs.map((output) => {
    const bin = plan.binOf[output]!;
    const offset = ends[bin]!;
    const bytes = bytesOf(output);
    ends[bin] = offset + alignUp(bytes, STAGING_ALIGNMENT);
    return { output, bin, offset, bytes };
  });
}

/** Asks for the staged bytes; resolves when all buffers concerned are mapped. */
export function mapStaging(set: StagingSet, placed: readonly StagedOutput[]): Promise<unknown> {
  return Promise.all([...usedBytes(placed)].map(([bin, end]) => set[bin]!.mapAsync(MODE_READ, 0, end)));
}

/** The mapped memory by bin. It goes away with `unmapStaging`. */
export function mappedStaging(set: StagingSet, placed: readonly StagedOutput[]): Map<number, ArrayBuffer> {
  return new Map([...usedBytes(placed)].map(([bin, end]) => [bin, set[bin]!.getMappedRange(0, end)]));
}

export function unmapStaging(set: StagingSet, placed: readonly StagedOutput[]): void {
  for (const bin of usedBytes(placed).keys()) set[bin]!.unmap();
}

/** Bytes used of each staging buffer that is used. */
function usedBytes(placed: readonly StagedOutput[]): Map<number, number> {
  return new Map(placed.map(({ bin, offset, bytes }) => [bin, offset + bytes]));
}
