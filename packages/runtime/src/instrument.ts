// How a profiler looks at a run: it records the dispatches and copies in the encoder's stead, and so can put timestamps
// around them. What it does with them stays out of this package.

/** What a pass is recorded with: of `GPUComputePassEncoder`, what the runtime calls. */
export interface OpPass {
  setPipeline(pipeline: GPUComputePipeline): void;
  setBindGroup(index: number, group: GPUBindGroup): void;
  dispatchWorkgroups(x: number, y: number, z: number): void;
  end(): void;
}

/** What dispatches and copies are recorded with: of `GPUCommandEncoder`, what the runtime calls. */
export interface OpEncoder {
  beginComputePass(): OpPass;
  copyBufferToBuffer(from: GPUBuffer, fromOffset: number, to: GPUBuffer, toOffset: number, bytes: number): void;
}

/**
 * Is asked before `ops` are recorded: a row of dispatches and copies, in order, as their numbers among all of the plan (in
 * the order of `walkSteps`); those of no workgroups or bytes are left out. What it returns has to pass all calls on.
 * `buffers` are those of the plan, by index.
 */
export type Instrument = (
  encoder: GPUCommandEncoder,
  ops: readonly number[],
  buffers: readonly GPUBuffer[],
) => OpEncoder;
