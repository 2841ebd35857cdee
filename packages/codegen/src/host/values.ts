// The plan's table of values: what host steps read and write, and where each comes from.

import type { HostStep, PlanAttribute, PlanConstraint, PlanNumber, PlanTensor, PlanValue } from '@trtx/engine';
import {
  type AttributeValue,
  type Constant,
  constantFrom,
  type Dim,
  type Graph,
  opName,
  product,
  type Value,
} from '@trtx/ir';
import type { HostUnit } from '../group/group.ts';
import type { Layout } from '../memory/layout.ts';
import { mostElements, type SizeTable } from '../memory/sizes.ts';

export class HostValues {
  readonly values: PlanValue[] = [];
  readonly #known = new Map<Value | Constant, number>();

  constructor(
    readonly layout: Layout,
    readonly sizes: SizeTable,
  ) {}

  step({ node, reason }: HostUnit): HostStep {
    const attribute = (name: string, value: AttributeValue): PlanAttribute => {
      if (typeof value === 'string') return value;
      if (typeof value === 'number') return encode(value);
      if (!Array.isArray(value)) return { value: this.constant(value as Constant, `${node.name}.${name}`) };
      return value.map((item) => (typeof item === 'string' ? item : encode(item))) as PlanAttribute;
    };
    return {
      kind: 'host',
      op: opName(node.op),
      attributes: Object.fromEntries([...node.attributes].map(([name, value]) => [name, attribute(name, value)])),
      inputs: node.inputs.map((value) => value && this.of(value)),
      outputs: node.outputs.map((value) => this.of(value)),
      node: node.name,
      reason,
    };
  }

  /** What has to hold where the graph, or the body, is run. */
  constraints(graph: Graph): PlanConstraint[] {
    // Of what was optimized away nothing is left to be equal.
    const open = [...graph.constraints].filter(({ a, b }) => this.sizes.knows(a) && this.sizes.knows(b));
    return open.map(({ a, b, node }) => ({ a: this.sizes.size(a), b: this.sizes.size(b), node }));
  }

  /** An input or output of the plan. */
  port(name: string, value: Value, isInput: boolean): PlanTensor {
    const { layout } = this;
    const { dtype } = value.type;
    const place = layout.placeOf(value);
    // What the host gives is written to the GPU for kernels alone.
    const onGpu = place && (isInput || !layout.isHosted(value));
    return {
      name,
      dtype,
      shape: value.type.shape.map((dim) => this.sizes.size(dim)),
      ...(onGpu ? { storage: layout.storages(value), buffer: place.buffer } : {}),
      ...(!onGpu || (isInput && layout.hostReads.has(value)) ? { value: this.of(value) } : {}),
    };
  }

  /** The index of a value in the table. @throws TrtxError SHAPE_UNBOUNDED for what no memory holds */
  of(value: Value): number {
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    if (value.constant) return this.constant(value.constant, value.name);
    const { name, type, contents } = value;
    const { dtype } = type;
    // What only the run tells is for the run to refuse.
    if (typeof product(type.shape) === 'number') mostElements(value);
    const shape = type.shape.map((dim) => this.sizes.size(dim));
    // What the host reads is all of a memory, as it lies.
    const source = this.layout.grouping.views.get(value)?.storage;
    let from: Partial<PlanValue> = {};
    if (contents && !this.layout.isHosted(value))
      from = { elements: contents.values.map((dim) => this.sizes.size(dim)) };
    else if (source) from = { of: this.of(source) };
    else {
      const place = this.layout.placeOf(value);
      // No dispatch writes what has no elements.
      if (!place && !this.layout.isHosted(value) && value.producer && type.shape.includes(0))
        return this.constant(constantFrom(dtype, type.shape.map(emptySize), []), name);
      if (place) from = { gpu: { buffer: place.buffer, offset: place.offset, storage: this.layout.storages(value) } };
    }
    return this.#add(value, { name, dtype, shape, ...from });
  }

  /** The index of a constant. */
  constant(constant: Constant, name: string): number {
    const known = this.#known.get(constant);
    if (known !== undefined) return known;
    const { dtype, dims: shape, strings } = constant;
    return this.#add(constant, {
      name,
      dtype,
      shape,
      ...(strings ? { strings } : { bytes: this.layout.hostConstant(constant, name) }),
    });
  }

  #add(key: Value | Constant, value: PlanValue): number {
    const index = this.values.push(value) - 1;
    this.#known.set(key, index);
    return index;
  }
}

/** The size of an axis of what has no elements, where it matters. */
function emptySize(dim: Dim): number {
  return typeof dim === 'number' ? dim : 0;
}

/** JSON has no other notation for some numbers. */
function encode(value: number): PlanNumber {
  if (Number.isFinite(value) && !Object.is(value, -0)) return value;
  return { number: (Object.is(value, -0) ? '-0' : String(value)) as '-0' };
}
