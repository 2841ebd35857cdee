// Sizes as few nodes: what is known of an integer tensor as dims is read from the shapes of values that have these dims, and
// computed where no value has one.

import { type Atom, bounds, type Dim, type DimExpr, type Graph, type Node, sameDim, type Value } from '@trtx/ir';
import type { NewValue, Patch } from '../../patch.ts';

/** Values that have a dim are looked at up to this many: the first are as good as any. */
const MAX_SOURCES = 4;

interface Source {
  readonly value: Value;
  readonly axis: number;
  /** How many nodes, one after another, the value takes; 0 for inputs of the graph. */
  readonly place: number;
}

/**
 * Where the dims of a graph's values can be read. A value that fewer nodes in a row compute than another one is not computed
 * from it; in which order nodes were made is no matter.
 */
export class SizeSources {
  readonly #byDim = new Map<string, Source[]>();
  readonly #places = new Map<Value, number>();

  constructor(graph: Graph) {
    for (const input of graph.inputs) this.#add(input, 0);
    const depths = new Map<Node, number>();
    for (const node of graph.topological()) {
      const before = node.inputs.map((input) => (input?.producer && depths.get(input.producer)) ?? 0);
      depths.set(node, 1 + Math.max(0, ...before));
    }
    const nodes = [...depths].sort(([a, x], [b, y]) => x - y || (a.name < b.name ? -1 : 1));
    for (const [node, depth] of nodes) for (const output of node.outputs) this.#add(output, depth);
  }

  /** How many nodes, one after another, the value takes. */
  placeOf(value: Value): number {
    return this.#places.get(value) ?? 0;
  }

  /** Axes that are as long as the symbolic dim with the key, of values that take fewer nodes; those of the fewest first. */
  of(key: string, before: number): readonly Source[] {
    return (this.#byDim.get(key) ?? []).filter(({ place }) => place < before);
  }

  #add(value: Value, place: number): void {
    this.#places.set(value, place);
    for (const [axis, dim] of value.type.shape.entries()) {
      if (typeof dim === 'number') continue;
      const known = this.#byDim.get(dim.key);
      if (!known) this.#byDim.set(dim.key, [{ value, axis, place }]);
      else if (known.length < MAX_SOURCES) known.push({ value, axis, place });
    }
  }
}

/** Writes sizes down in a patch, each part once. */
export class SizeSpeller {
  /** The values whose shapes are read. */
  readonly read = new Set<Value>();
  readonly #known = new Map<string, NewValue>();
  readonly #keys = new Map<NewValue, string>();

  constructor(
    private readonly patch: Patch,
    private readonly sources: SizeSources,
  ) {}

  /**
   * An int64 tensor of rank 0 or 1 with these elements, from what takes fewer nodes than `before`; undefined where an element
   * cannot be told from it.
   */
  spell(elements: readonly Dim[], rank: number, before: number): NewValue | undefined {
    const list = this.#list(elements, before);
    return list && rank === 0 ? this.#node('Reshape', [list, this.#integers([])]) : list;
  }

  #list(elements: readonly Dim[], before: number): NewValue | undefined {
    const parts: NewValue[] = [];
    for (let i = 0; i < elements.length; ) {
      const { part, length } = this.#part(elements.slice(i), before);
      if (!part) return undefined;
      parts.push(part);
      i += length;
    }
    return parts.length > 1 ? this.#node('Concat', parts, { axis: 0 }) : parts[0];
  }

  /** As many of the first elements as one node or constant gives. */
  #part(elements: readonly Dim[], before: number): { part: NewValue | undefined; length: number } {
    const [first] = elements;
    if (typeof first === 'number') {
      const symbolic = elements.findIndex((dim) => typeof dim !== 'number');
      const length = symbolic < 0 ? elements.length : symbolic;
      return { part: this.#integers(elements.slice(0, length) as number[]), length };
    }
    const runs = this.sources.of(first!.key, before).map((source) => ({ source, length: runOf(source, elements) }));
    const [longest] = runs.sort((a, b) => b.length - a.length);
    if (longest) return { part: this.#shape(longest.source, longest.length), length: longest.length };
    return { part: this.#expression(first!, before), length: 1 };
  }

  /** One element, computed from the dims in it. */
  #expression(dim: DimExpr, before: number): NewValue | undefined {
    let sum: NewValue | undefined;
    for (const { coefficient, atoms } of dim.terms) {
      let product: NewValue | undefined;
      for (const atom of atoms) {
        const factor = this.#atom(atom, before);
        if (!factor) return undefined;
        product = product ? this.#node('Mul', [product, factor]) : factor;
      }
      if (coefficient !== 1) product = this.#node('Mul', [product!, this.#integers([coefficient])]);
      sum = sum ? this.#node('Add', [sum, product!]) : product;
    }
    return dim.constant === 0 ? sum : this.#node('Add', [sum!, this.#integers([dim.constant])]);
  }

  /** Undefined for a symbol that no value has. */
  #atom(atom: Atom, before: number): NewValue | undefined {
    const [source] = this.sources.of(atom.key, before);
    if (source) return this.#shape(source, 1);
    if (atom.kind === 'sym') return undefined;
    const { kind, a, b } = atom;
    // Integers are divided towards zero, dims towards −∞.
    if (kind === 'floor' && (bounds(a).min < 0 || bounds(b).min <= 0)) return undefined;
    const [left, right] = [this.#list([a], before), this.#list([b], before)];
    return left && right && this.#node(OPERATIONS[kind], [left, right]);
  }

  #shape({ value, axis }: Source, length: number): NewValue {
    this.read.add(value);
    const whole = axis === 0 && length === value.type.shape.length;
    return this.#once(`Shape ${value.name} ${axis} ${length}`, () =>
      this.patch.node('Shape', [value], whole ? {} : { start: axis, end: axis + length }),
    );
  }

  #integers(values: readonly number[]): NewValue {
    return this.#once(`[${values}]`, () => this.patch.integers(values));
  }

  #node(op: string, inputs: readonly NewValue[], attributes: Record<string, number> = {}): NewValue {
    const key = `${op}(${inputs.map((input) => this.#keys.get(input))})`;
    return this.#once(key, () => this.patch.node(op, inputs, attributes));
  }

  #once(key: string, make: () => NewValue): NewValue {
    let value = this.#known.get(key);
    if (!value) {
      value = make();
      this.#known.set(key, value);
      this.#keys.set(value, String(this.#known.size));
    }
    return value;
  }
}

const OPERATIONS = { floor: 'Div', min: 'Min', max: 'Max' } as const;

/** How many of the elements, the first of which is the source's dim, are dims of its value from there on. */
function runOf({ value, axis }: Source, elements: readonly Dim[]): number {
  const dims = value.type.shape.slice(axis);
  let length = 1;
  while (length < elements.length && length < dims.length && sameDim(elements[length]!, dims[length]!)) length++;
  // Numbers at the end come from a constant: so more nodes read the same dims.
  while (length < elements.length && typeof elements[length - 1] === 'number') length--;
  return length;
}
