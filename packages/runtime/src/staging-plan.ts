// Which outputs are read back through one buffer. Small ones share it, so that a run maps one buffer; a large one has its own,
// so that it takes no memory as long as it stays on the GPU.
import { alignUp } from '@trtx/engine';

/** Outputs share a buffer up to this size. */
const SHARED_BYTES = 1 << 22;
/** Mapped ranges start at multiples of this. */
const STAGING_ALIGNMENT = 8;

/** Where an output is read back: which staging buffer, at its largest size. */
export interface StagingPlan {
  /** Staging buffer of each output. */
  readonly binOf: readonly number[];
  /** Bytes of each staging buffer. */
  readonly bytes: readonly number[];
}

/** @param outputs bytes of each output at its largest */
export function planStaging(outputs: readonly number[]): StagingPlan {
  const bytes: number[] = [];
  const binOf = outputs.map((most) => {
    const size = alignUp(most, STAGING_ALIGNMENT);
    const last = bytes.length - 1;
    if (last >= 0 && bytes[last]! + size <= SHARED_BYTES) {
      bytes[last]! += size;
      return last;
    }
    return bytes.push(size) - 1;
  });
  return { binOf, bytes };
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
