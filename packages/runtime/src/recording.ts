// How a run becomes commands: what they are recorded from, and those that are recorded before the run is called, while
// the GPU is at work on another. A command buffer can be submitted once, so that each run needs its own.
import type { Routine } from './bindings.ts';
import type { Feeds } from './feeds.ts';
import type { ContextMemory } from './memory.ts';
import { replay } from './replay.ts';
import type { RunState } from './run-state.ts';
import type { StagingSet } from './staging.ts';

/** Everything that a run is recorded from. */
export interface Recording {
  readonly memory: ContextMemory;
  readonly feeds: Feeds;
  readonly routine: Routine;
  readonly staging: StagingSet;
  /** What is left of the steps that have been done; undefined where all is one segment. */
  readonly state?: RunState;
}

/** The commands of a run, recorded now or before; undefined where nothing is left to do after the last step. */
export function commandsOf(run: Recording): GPUCommandBuffer | undefined {
  const { feeds, routine, staging, state } = run;
  if (state || feeds.instrument) return record(run);
  staging.history.add(routine);
  const { ahead } = staging;
  staging.ahead = undefined;
  return ahead?.routine === routine ? ahead.commands : record(run);
}

/** Records what is likely to be run next with the same staging buffers. For when the GPU has a run to do. */
export function recordAhead(run: Recording): void {
  const { memory, feeds, staging, state } = run;
  const routine = staging.history.next;
  if (state || feeds.instrument || staging.ahead || !routine || !memory.suits(staging, routine)) return;
  try {
    staging.ahead = { routine, commands: record({ ...run, routine })! };
  } catch {
    // Nor will the run succeed that records them, and it tells why.
  }
}

function record({ memory, feeds, routine, staging, state }: Recording): GPUCommandBuffer | undefined {
  const { shape, set, placed } = routine;
  const { program } = shape;
  const { device, pipelines } = memory.residency;
  const left = state?.commands.take();
  if (state && !left && placed.length === 0) return undefined;
  const encoder = left ?? device.createCommandEncoder();
  if (!state) {
    for (const i of program.segments.keys()) replay(encoder, shape.tape(i), program, pipelines, set, feeds.instrument);
  }
  for (const { output, bin, offset, bytes } of placed) {
    const { buffer } = program.outputs[output]!;
    encoder.copyBufferToBuffer(set.buffers[buffer!]!, 0, staging.buffers[bin]!, offset, bytes);
  }
  return encoder.finish();
}
