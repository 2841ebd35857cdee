// What keeps a device busy before it is measured. A device at rest lowers its clock, some to a sixth, and takes up to half a
// second of work to raise it: times taken meanwhile say little of each other, and nothing of an engine that runs all the time.

/** Microseconds that it should take. */
const WANTED_US = 2000;
/** How much longer than ever before it may take where the clock is up. */
const STEADY = 1.08;
/** Of work that is measured for the first time, milliseconds until it is known how short it can take. */
const FIRST_MS = 400;
/** What is as short as it can be lasts longer with each time that it is not met: a clock may stay lower than it once was. */
const FORGETTING = 1.01;
/** GPUBufferUsage.STORAGE by number: Node has no such global. */
const STORAGE = 0x80;
const [WORKGROUPS, WORKGROUP_SIZE] = [128, 64];

/** A chain of products, each of which waits for the one before. */
const WGSL = `
@group(0) @binding(0) var<storage, read_write> sums: array<f32>;
@compute @workgroup_size(${WORKGROUP_SIZE})
fn main(@builtin(global_invocation_id) id: vec3u) {
  var sum = f32(id.x);
  for (var i = 0u; i < 16384u; i++) { sum = fma(sum, 0.999, 1.0); }
  sums[id.x] = sum;
}`;

export class Spin {
  readonly #pipeline: GPUComputePipeline;
  readonly #sums: GPUBuffer;
  readonly #group: GPUBindGroup;
  #repeats = 1;
  #least = Number.POSITIVE_INFINITY;
  #since: number | undefined;

  constructor(
    device: GPUDevice,
    private readonly now: () => number = () => performance.now(),
  ) {
    const module = device.createShaderModule({ code: WGSL });
    this.#pipeline = device.createComputePipeline({ layout: 'auto', compute: { module, entryPoint: 'main' } });
    this.#sums = device.createBuffer({ size: 4 * WORKGROUPS * WORKGROUP_SIZE, usage: STORAGE });
    this.#group = device.createBindGroup({
      layout: this.#pipeline.getBindGroupLayout(0),
      entries: [{ binding: 0, resource: { buffer: this.#sums } }],
    });
  }

  /** Ends the pass. */
  record(pass: GPUComputePassEncoder): void {
    pass.setPipeline(this.#pipeline);
    pass.setBindGroup(0, this.#group);
    for (let i = 0; i < this.#repeats; i++) pass.dispatchWorkgroups(WORKGROUPS);
    pass.end();
  }

  /** Whether the clock was up while it took so many microseconds. */
  isSteady(us: number): boolean {
    this.#since ??= this.now();
    if (us < WANTED_US / 2 && us > 0) {
      this.#repeats = Math.ceil(this.#repeats * Math.min(WANTED_US / us, 8));
      this.#least = Number.POSITIVE_INFINITY;
      return false;
    }
    this.#least = Math.min(this.#least, us);
    const isShort = us <= STEADY * this.#least;
    if (!isShort) this.#least *= FORGETTING;
    return isShort && this.now() - this.#since >= FIRST_MS;
  }

  dispose(): void {
    this.#sums.destroy();
  }
}
