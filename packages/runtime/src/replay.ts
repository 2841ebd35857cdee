// The hot loop: records a run from flat numbers. Nothing is looked up by name and nothing is made.
import type { BindingSet } from './bindings.ts';
import type { CopyOp } from './flatten.ts';
import type { Instrument, OpEncoder, OpPass } from './instrument.ts';
import type { Program } from './program.ts';
import { TAPE_STRIDE } from './shapes.ts';

/**
 * Records all dispatches and copies of `tape`: one compute pass, unless copies stand between dispatches.
 *
 * @param instrument asked for what to record with in the encoder's stead
 */
export function replay(
  commands: GPUCommandEncoder,
  tape: readonly number[],
  { ops }: Program,
  pipelines: readonly GPUComputePipeline[],
  { groups, buffers }: BindingSet,
  instrument: Instrument | undefined,
): void {
  const encoder: OpEncoder = instrument
    ? instrument(
        commands,
        tape.filter((_, i) => i % TAPE_STRIDE === TAPE_STRIDE - 1),
        buffers,
      )
    : commands;
  let pass: OpPass | undefined;
  let pipeline = -1;
  let group = -1;
  for (let i = 0; i < tape.length; i += TAPE_STRIDE) {
    if (tape[i]! < 0) {
      pass?.end();
      pass = undefined;
      const { from, to } = ops[tape[i + 5]!] as CopyOp;
      encoder.copyBufferToBuffer(buffers[from.buffer]!, from.offset, buffers[to.buffer]!, to.offset, tape[i + 1]!);
      continue;
    }
    if (!pass) {
      pass = encoder.beginComputePass();
      pipeline = group = -1;
    }
    if (tape[i] !== pipeline) {
      pipeline = tape[i]!;
      pass.setPipeline(pipelines[pipeline]!);
    }
    // Pipelines with equal bindings share a layout object, so a group stays set when only the pipeline changes.
    if (tape[i + 1] !== group) {
      group = tape[i + 1]!;
      pass.setBindGroup(0, groups[group]!);
    }
    pass.dispatchWorkgroups(tape[i + 2]!, tape[i + 3]!, tape[i + 4]!);
  }
  pass?.end();
}
