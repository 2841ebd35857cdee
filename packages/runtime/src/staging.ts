// Buffers that outputs are read back through.
import type { BufferRequest } from './allocate.ts';
import type { Routine } from './bindings.ts';
import { History } from './history.ts';
import type { StagedOutput, StagingPlan } from './staging-plan.ts';
import { COPY_DST, MAP_READ, MODE_READ } from './usage.ts';

/** One set of staging buffers: a run has it from its submit until its outputs are copied out. */
export class StagingSet {
  readonly buffers: (GPUBuffer | undefined)[];
  /** What has been run with them. Runs under way have one set each, which they use in turn. */
  readonly history = new History<Routine>();
  /** Commands that write to them, recorded for a run to come. */
  ahead: { readonly routine: Routine; readonly commands: GPUCommandBuffer } | undefined;

  constructor(buffers: StagingSet['buffers'] = []) {
    this.buffers = buffers;
  }
}

export function stagingRequest({ bytes }: StagingPlan, bin: number): BufferRequest {
  return { label: `trtx staging ${bin}`, bytes: bytes[bin]!, usage: MAP_READ | COPY_DST };
}

/** What is staged, by staging buffer, once all of them are mapped. The memory goes away with `unmapStaging`. */
export async function mapStaging(
  { buffers }: StagingSet,
  placed: readonly StagedOutput[],
): Promise<Map<number, ArrayBuffer>> {
  const used = [...new Map(placed.map(({ bin, offset, bytes }) => [bin, offset + bytes]))];
  await Promise.all(used.map(([bin, end]) => buffers[bin]!.mapAsync(MODE_READ, 0, end)));
  return new Map(used.map(([bin, end]) => [bin, buffers[bin]!.getMappedRange(0, end)]));
}

export function unmapStaging({ buffers }: StagingSet, mapped: ReadonlyMap<number, ArrayBuffer>): void {
  for (const bin of mapped.keys()) buffers[bin]!.unmap();
}
