// What lies between: the tensors that dispatches write, each read back right after the dispatch that wrote it, before memory
// is used for another. The run is as it always is, but that its pass is ended there.
import { type Plan, type SourceType, storageBits, storageBytes, type WrittenTensor } from '@trtx/engine';
import {
  type Engine,
  fromStorage,
  type HostTensor,
  type Instrument,
  type OpPass,
  type TensorData,
} from '@trtx/runtime';
import { numberedDispatches, type Sizes, sizesOf } from './facts.ts';
import { ranPlan } from './ran.ts';

/** An intermediate tensor of a run. */
export interface TappedTensor {
  /** In the graph that the engine was generated from. */
  readonly name: string;
  readonly dtype: SourceType;
  readonly dims: readonly number[];
  /** As those of outputs. */
  readonly data: TensorData;
  /** Number, among the plan's dispatches, of the one that wrote it; in a loop the last time. */
  readonly dispatch: number;
}

export interface TapOptions {
  /** Which are wanted; all by default. */
  readonly wants?: (name: string) => boolean;
  /** Bytes that are read back in one run, 256 MiB by default: what is more takes further runs, and so does a larger tensor. */
  readonly bytesPerRun?: number;
}

/** GPUBufferUsage flags by number: Node has no such global. */
const [MAP_READ, COPY_DST] = [0x01, 0x08];

/**
 * Runs an engine and gives what its dispatches write, in their order, graph outputs among it. Tensors whose sizes only the
 * run tells are left out, and so is what only the host computes.
 * @throws TrtxError as `ExecutionContext.run`
 */
export async function* tapTensors(
  engine: Engine,
  inputs: Readonly<Record<string, HostTensor>>,
  { wants = () => true, bytesPerRun = 2 ** 28 }: TapOptions = {},
): AsyncGenerator<TappedTensor> {
  const context = engine.createContext();
  try {
    await context.run(inputs);
    const plan = ranPlan(engine, context);
    const dims = plan.inputs.map(({ name }) => inputs[name]!.dims);
    for (const spots of batches(spotsOf(plan, dims, wants), bytesPerRun)) {
      const tap = new Tap(engine.device, spots);
      try {
        await context.run(inputs, { instrument: tap.instrument });
        yield* tap.read();
      } finally {
        tap.destroy();
      }
    }
  } finally {
    await context.dispose();
  }
}

/** A tensor to be read back. */
interface Spot {
  readonly tensor: WrittenTensor;
  readonly dispatch: number;
  /** Among all dispatches and copies of the plan. */
  readonly op: number;
  readonly dims: readonly number[];
  /** Elements of its memory from `first` on that it lies in; absent where it lies there as it is. */
  readonly strides?: readonly number[];
  /** Bytes from the beginning of the buffer: of what is copied, whole words. */
  readonly offset: number;
  readonly bytes: number;
  /** Elements from the copied range's beginning to the tensor's first one. */
  readonly first: number;
}

function spotsOf(plan: Plan, dims: readonly (readonly number[])[], wants: (name: string) => boolean): Spot[] {
  const sizes = sizesOf(plan, dims);
  const ops = numberedDispatches(plan).map(({ op }) => op);
  return (plan.work?.dispatches ?? []).flatMap(({ results = [] }, dispatch) =>
    results.flatMap((tensor) => {
      const spot = wants(tensor.name) && spotOf(tensor, sizes);
      return spot ? [{ ...spot, tensor, dispatch, op: ops[dispatch]! }] : [];
    }),
  );
}

/** Undefined for what is empty or of a size that is not known. */
function spotOf(tensor: WrittenTensor, sizeOf: Sizes): Omit<Spot, 'tensor' | 'dispatch' | 'op'> | undefined {
  const dims = tensor.shape.map(sizeOf);
  const strides = tensor.strides?.map(sizeOf);
  const start = sizeOf(tensor.offset ?? 0);
  const known = [start, ...dims, ...(strides ?? [])].every((size) => size !== undefined);
  if (!known || dims.includes(0)) return undefined;
  const shape = dims as number[];
  const reach = (side: (a: number, b: number) => number) =>
    (strides as number[]).reduce((sum, stride, axis) => sum + side(0, stride * (shape[axis]! - 1)), start!);
  const low = strides ? reach(Math.min) : start!;
  const high = strides ? reach(Math.max) : start! + shape.reduce((n, dim) => n * dim, 1) - 1;
  const perWord = 32 / storageBits(tensor.storage);
  const word = Math.floor(low / perWord);
  return {
    dims: shape,
    ...(strides ? { strides: strides as number[] } : {}),
    offset: tensor.at.offset + word * 4,
    bytes: storageBytes(tensor.storage, high + 1 - word * perWord),
    first: start! - word * perWord,
  };
}

function* batches(spots: readonly Spot[], bytesPerRun: number): Generator<Spot[]> {
  let batch: Spot[] = [];
  let bytes = 0;
  for (const spot of spots) {
    if (batch.length > 0 && bytes + spot.bytes > bytesPerRun) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(spot);
    bytes += spot.bytes;
  }
  if (batch.length > 0) yield batch;
}

/** One run, and the buffers that it copies tensors to. */
class Tap {
  readonly #spots: readonly Spot[];
  readonly #buffers: readonly GPUBuffer[];
  /** Those that the run came by: branches may have been left out. */
  readonly #copied = new Set<number>();

  constructor(device: GPUDevice, spots: readonly Spot[]) {
    this.#spots = spots;
    this.#buffers = spots.map(({ bytes }) => device.createBuffer({ size: bytes, usage: MAP_READ | COPY_DST }));
  }

  readonly instrument: Instrument = (encoder, ops, buffers) => {
    let next = 0;
    return {
      copyBufferToBuffer(...copy) {
        next++;
        encoder.copyBufferToBuffer(...copy);
      },
      beginComputePass: () =>
        brokenPass(encoder, () => {
          const op = ops[next++]!;
          return this.#spots.flatMap((spot, i) => (spot.op === op ? [() => this.#copy(encoder, i, buffers)] : []));
        }),
    };
  };

  #copy(encoder: GPUCommandEncoder, i: number, buffers: readonly GPUBuffer[]): void {
    const { tensor, offset, bytes } = this.#spots[i]!;
    this.#copied.add(i);
    encoder.copyBufferToBuffer(buffers[tensor.at.buffer]!, offset, this.#buffers[i]!, 0, bytes);
  }

  async *read(): AsyncGenerator<TappedTensor> {
    for (const i of [...this.#copied].sort((a, b) => a - b)) {
      const { tensor, dims, dispatch, ...spot } = this.#spots[i]!;
      const buffer = this.#buffers[i]!;
      await buffer.mapAsync(1);
      const memory = dense(buffer.getMappedRange(), tensor, { dims, ...spot });
      const { name, dtype } = tensor;
      yield { name, dtype, dims, data: fromStorage(tensor, memory, 0, dims), dispatch };
      buffer.unmap();
    }
  }

  destroy(): void {
    for (const buffer of this.#buffers) buffer.destroy();
  }
}

/** A pass that ends after a dispatch for which `after` has something to do, and goes on in another one. */
function brokenPass(encoder: GPUCommandEncoder, after: () => readonly (() => void)[]): OpPass {
  let pass: GPUComputePassEncoder | undefined;
  let pipeline: GPUComputePipeline;
  let group: GPUBindGroup;
  const open = () => {
    if (!pass) {
      pass = encoder.beginComputePass();
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, group);
    }
    return pass;
  };
  const end = () => {
    pass?.end();
    pass = undefined;
  };
  return {
    setPipeline(one) {
      pipeline = one;
      pass?.setPipeline(one);
    },
    setBindGroup(index, one) {
      group = one;
      pass?.setBindGroup(index, one);
    },
    dispatchWorkgroups(x, y, z) {
      open().dispatchWorkgroups(x, y, z);
      const copies = after();
      if (copies.length > 0) end();
      for (const copy of copies) copy();
    },
    end,
  };
}

/** The elements in row-major order from the beginning on. Those that share words lie so already. */
function dense(
  memory: ArrayBuffer,
  { storage }: WrittenTensor,
  { dims, strides, first }: Pick<Spot, 'dims' | 'strides' | 'first'>,
): ArrayBuffer {
  if (storageBits(storage) < 32) return memory;
  const words = new Uint32Array(memory);
  if (!strides) return first === 0 ? memory : words.slice(first).buffer;
  const out = new Uint32Array(dims.reduce((n, dim) => n * dim, 1));
  const index = dims.map(() => 0);
  let at = first;
  for (let i = 0; i < out.length; i++) {
    out[i] = words[at]!;
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      at += strides[axis]!;
      if (++index[axis]! < dims[axis]!) break;
      at -= strides[axis]! * dims[axis]!;
      index[axis] = 0;
    }
  }
  return out.buffer;
}
