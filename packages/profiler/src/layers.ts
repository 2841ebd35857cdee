// What is in a plan: dispatches with what they read and write, why each has its tactic, and what the arenas hold when. Plain
// data, for tables, pages and comparisons; nothing is run for it.
import {
  type DispatchTiming,
  evaluate,
  type Plan,
  type PlanRange,
  type SourceType,
  type StorageType,
  sizeValue,
  storageBytes,
  type WrittenTensor,
  walkSteps,
} from '@trtx/engine';
import { type DispatchFacts, factsOf, type Sizes, sizesOf } from './facts.ts';

/** A dispatch. */
export interface Layer extends DispatchFacts {
  /** Places in `PlanLayers.tensors`. */
  readonly reads: readonly number[];
  readonly writes: readonly number[];
  /** Tactics that would have done as well, with what each was to cost by what the one taken was to: `DispatchWork`. */
  readonly alternatives?: readonly (readonly [tactic: string, cost: number])[];
  /** How the tactic was taken by measured times, where it was: `DispatchWork`. */
  readonly timing?: DispatchTiming;
}

/** What dispatches read and write, but for constants. */
export interface LayerTensor {
  readonly name: string;
  readonly dtype: SourceType;
  readonly shape: readonly number[];
  readonly storage: StorageType;
  /** How its elements lie in memory; `strided` is any other way, as of a part of a larger tensor. */
  readonly format: 'row-major' | 'channels-last' | 'strided';
  /** Of its elements. */
  readonly bytes: number;
}

export interface LayerEnd {
  readonly name: string;
  readonly tensor: number;
}

/** A range of an arena while it holds a tensor. */
export interface ArenaRange {
  readonly name: string;
  /** A place in `PlanLayers.arenas`. */
  readonly arena: number;
  readonly offset: number;
  readonly bytes: number;
  /** Places in `PlanLayers.layers`, both inclusive. */
  readonly first: number;
  readonly last: number;
}

export interface PlanLayers {
  readonly engine: string;
  /** In the plan's order. */
  readonly layers: readonly Layer[];
  readonly tensors: readonly LayerTensor[];
  /** What the GPU takes and gives: names, and places in `tensors`. */
  readonly inputs: readonly LayerEnd[];
  readonly outputs: readonly LayerEnd[];
  /** Nodes that the host computes at each run, between dispatches. */
  readonly hostNodes: readonly string[];
  /** Bytes of each buffer for intermediates, at the profile's maximum, as are all of `memory`. */
  readonly arenas: readonly number[];
  readonly memory: readonly ArenaRange[];
  /** WGSL. */
  readonly modules: readonly string[];
}

/** @param dims of the inputs; by default those of the profile's maximum */
export function layersOf(plan: Plan, dims: readonly (readonly number[])[] = largestDims(plan)): PlanLayers {
  const sizes = sizesOf(plan, dims);
  const facts = factsOf(plan, dims);
  const tensors = new Tensors();
  const inputs = plan.inputs.flatMap(({ name, dtype, storage, buffer }, i): LayerEnd[] => {
    if (!storage || buffer === undefined) return [];
    return [{ name, tensor: tensors.add(tensorOf({ name, dtype, storage, shape: dims[i]! }), { buffer, offset: 0 }) }];
  });
  const layers: Layer[] = [];
  for (const step of walkSteps(plan.steps)) {
    if (step.kind === 'copy') tensors.copy(step.from, step.to);
    for (const _ of step.kind === 'dispatches' ? step.dispatches : []) {
      const { operands = [], results = [], alternatives, timing } = plan.work?.dispatches[layers.length] ?? {};
      const reads = operands.flatMap((name) => tensors.named(name) ?? []);
      const writes = results.flatMap((result) => {
        const written = writtenTensor(result, sizes);
        return written ? [tensors.add(written, result.at)] : [];
      });
      const choice = { ...(alternatives ? { alternatives } : {}), ...(timing ? { timing } : {}) };
      layers.push({ ...facts[layers.length]!, reads, writes, ...choice });
    }
  }
  const outputs = plan.outputs.flatMap(({ name, buffer }): LayerEnd[] => {
    const tensor = buffer === undefined ? undefined : tensors.in({ buffer, offset: 0 });
    return tensor === undefined ? [] : [{ name, tensor }];
  });
  const hostNodes = plan.hostNodes.flatMap(({ node, step }) => (step === undefined ? [] : [node]));
  return {
    engine: plan.name,
    layers,
    tensors: tensors.all,
    inputs,
    outputs,
    hostNodes,
    ...arenasOf(plan),
    modules: plan.modules,
  };
}

/** Tensors as they are written, one after the other. */
class Tensors {
  readonly all: LayerTensor[] = [];
  /** The last one by name, and by the memory that it lies in. */
  readonly #byName = new Map<string, number>();
  readonly #byPlace = new Map<string, number>();

  add(tensor: LayerTensor, at: PlanRange): number {
    const place = this.all.push(tensor) - 1;
    this.#byName.set(tensor.name, place);
    this.#byPlace.set(keyOf(at), place);
    return place;
  }

  copy(from: PlanRange, to: PlanRange): void {
    const tensor = this.in(from);
    if (tensor !== undefined) this.#byPlace.set(keyOf(to), tensor);
  }

  named(name: string): number | undefined {
    return this.#byName.get(name);
  }

  in(at: PlanRange): number | undefined {
    return this.#byPlace.get(keyOf(at));
  }
}

function keyOf({ buffer, offset }: PlanRange): string {
  return `${buffer} ${offset}`;
}

function largestDims({ inputs, exprs, symbols }: Plan): number[][] {
  const values = evaluate(
    exprs,
    symbols.map((symbol) => ('value' in symbol ? Number.NaN : symbol.max / symbol.multipleOf)),
  );
  return inputs.map(({ shape }) => shape.map((size) => sizeValue(size, values)));
}

/** Undefined where only a run tells its sizes. */
function writtenTensor({ name, dtype, storage, shape, strides }: WrittenTensor, sizes: Sizes): LayerTensor | undefined {
  const dims = shape.map(sizes);
  if (dims.includes(undefined)) return undefined;
  const steps = strides?.map((size) => sizes(size) ?? Number.NaN);
  return tensorOf({ name, dtype, storage, shape: dims as number[] }, steps);
}

function tensorOf(
  { name, dtype, storage, shape }: Omit<LayerTensor, 'format' | 'bytes'>,
  strides?: readonly number[],
): LayerTensor {
  const bytes = storageBytes(storage, product(shape));
  return { name, dtype, shape, storage, format: strides ? formatOf(shape, strides) : 'row-major', bytes };
}

/** Batch, then all axes of space, then channels. */
function formatOf(shape: readonly number[], strides: readonly number[]): LayerTensor['format'] {
  if (shape.length < 3) return 'strided';
  const [batch, channels, ...space] = shape.map((_, axis) => axis);
  const order = [batch!, ...space, channels!];
  let step = 1;
  for (const axis of order.reverse()) {
    if (shape[axis] !== 1 && strides[axis] !== step) return 'strided';
    step *= shape[axis]!;
  }
  return 'channels-last';
}

function arenasOf({ buffers, work }: Plan): Pick<PlanLayers, 'arenas' | 'memory'> {
  const numbers = buffers.flatMap(({ kind }, i) => (kind === 'arena' ? [i] : []));
  const memory = (work?.memory ?? []).map(({ name, at, bytes, first, last }) => {
    return { name, arena: numbers.indexOf(at.buffer), offset: at.offset, bytes, first, last };
  });
  return { arenas: numbers.map((i) => buffers[i]!.bytes), memory };
}

function product(dims: readonly number[]): number {
  return dims.reduce((all, dim) => all * dim, 1);
}
