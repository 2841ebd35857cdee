// The key of a problem: what a group computes and how its operands and results lie in memory, as a text in which values,
// memories and symbols go by number, not by name. Groups with equal keys are one problem, also in different models: their
// kernels write the same shader, but for floats that are printed into it, so that one measurement serves all.
//
// The key tells what kernels are asked, not what they write: looking up what is known of a group takes no shader, a shader
// that changes is what a kernel's version is for, and people can read it. Were something left out of it, a tactic might be
// taken that is slower than another; all that are looked up compute the group rightly.

import { storageBytes } from '@trtx/engine';
import {
  type Dim,
  dimOf,
  elementCount,
  isFloat,
  type Node,
  printCall,
  printConstant,
  printRange,
  Sym,
  sameDim,
  substitute,
  type Value,
} from '@trtx/ir';
import { stridesIn } from '../format/format.ts';
import { isNumber } from '../group/formation.ts';
import { computedBy, type Group, type Grouping, nodesOf } from '../group/group.ts';
import { denseView, isDense, type TensorView } from '../group/view.ts';
import { partsOf } from '../memory/parts.ts';
import { mostElements } from '../memory/sizes.ts';
import { type Storages, storageOf } from '../storage.ts';
import type { TargetLimits } from '../target.ts';

/** Elements of an integer constant that are told: axes, starts and steps may be printed into a shader. */
const TOLD_ELEMENTS = 16;

/** What a group's tensors lie in. */
export interface ProblemMemory {
  readonly grouping: Grouping;
  readonly storages: Storages;
  readonly limits: TargetLimits;
}

/**
 * `%0 = *Conv(m0 float32[1,8,6,6], c0 float32[8,8,3,3]): float32[1,8,4,4]; %1 = Relu(%0): …; m1 = %1 float32[1,8,4,4]`:
 * the anchor has a star, constants are `c0`, other memories `m0`.
 */
export function problemKey(group: Group, memory: ProblemMemory): string {
  return new KeyWriter(group, memory).write();
}

class KeyWriter {
  readonly #own: ReadonlySet<Value>;
  readonly #computed = new Map<Value, string>();
  readonly #memories = new Map<Value, string>();
  readonly #symbols = new Map<string, Sym>();

  constructor(
    private readonly group: Group,
    private readonly memory: ProblemMemory,
  ) {
    this.#own = computedBy(group);
  }

  write(): string {
    const { anchor, results } = this.group;
    const nodes = this.#inOrder().map((node) => {
      const call = printCall(
        node,
        node.inputs.map((value) => this.#operand(value)),
        TOLD_ELEMENTS,
      );
      const checked = this.memory.grouping.ranges?.isChecked(node) ? ' checked' : '';
      const given = node.outputs.map((value) => this.#given(value)).join(', ');
      const type = this.#type(node.output.type);
      return `${given} = ${node === anchor ? '*' : ''}${call}: ${type}${checked}`;
    });
    const stored = results.map((value) => `${this.#place(value)} = ${this.#computed.get(value)}`);
    const symbols = [...this.#symbols.values()].map((symbol) => `${symbol.name} is ${printRange(symbol)}`);
    return [...nodes, ...stored, ...symbols].join('; ');
  }

  /** All nodes, those of the prologue before what reads them. */
  #inOrder(): Node[] {
    const left = nodesOf(this.group);
    const order: Node[] = [];
    for (const root of this.group.nodes) {
      const stack = [root];
      for (let node = stack.at(-1); node; node = stack.at(-1)) {
        const first = node.inputs.find((value) => value?.producer && this.#own.has(value) && left.has(value.producer));
        const before = first?.producer;
        if (before && before !== node && left.has(node)) {
          stack.push(before);
          continue;
        }
        if (left.delete(node)) order.push(node);
        stack.pop();
      }
    }
    return order;
  }

  #given(value: Value): string {
    if (!this.#own.has(value)) return '_';
    const name = `%${this.#computed.size}`;
    this.#computed.set(value, name);
    return name;
  }

  #operand(value: Value | null): string {
    if (!value) return '-';
    const known = this.#computed.get(value);
    if (known !== undefined) return known;
    const { constant, type } = value;
    if (constant && isFloat(type.dtype) && isNumber(value)) return `${this.#type(type)} number`;
    if (constant && !isFloat(type.dtype) && elementCount(constant.dims) <= TOLD_ELEMENTS)
      return printConstant(constant, TOLD_ELEMENTS);
    if (value.contents && !constant)
      return `${this.#type(type)} [${value.contents.values.map((dim) => this.#dim(dim)).join(', ')}]`;
    return this.#place(value);
  }

  /** `m0 float32[1,64,8,8] channels-last`, with all that is not as usual. */
  #place(value: Value): string {
    const view = this.memory.grouping.views.get(value) ?? denseView(value);
    return [this.#memoryOf(view.storage), this.#type(value.type), ...this.#lie(view)].join(' ');
  }

  #memoryOf(root: Value): string {
    const known = this.#memories.get(root);
    if (known !== undefined) return known;
    const { grouping, storages, limits } = this.memory;
    const { constant, producer, type } = root;
    const name = `${constant ? 'c' : 'm'}${this.#memories.size}`;
    this.#memories.set(root, name);
    // A constant may be of a type that the GPU has not, where a kernel only looks at it.
    const storage = constant ? storageOf(type.dtype) : storages(root);
    const parts = storage ? partsOf(storageBytes(storage, mostElements(root)), limits) : 1;
    const isRead = !constant && !producer && !grouping.states.has(root);
    const told = [
      ...(isRead ? ['input'] : []),
      ...(storage === storageOf(type.dtype) ? [] : [storage]),
      ...(parts > 1 ? [`${parts} parts`] : []),
    ];
    return told.length > 0 ? `${name}(${told.join(', ')})` : name;
  }

  #lie({ shape, strides, offset }: TensorView): string[] {
    const last = stridesIn('channels-last', shape);
    const at = offset === 0 ? [] : [`at ${this.#dim(offset)}`];
    if (isDense({ shape, strides })) return at;
    if (last.every((stride, axis) => shape[axis] === 1 || sameDim(stride, strides[axis]!)))
      return [...at, 'channels-last'];
    return [...at, `strides [${strides.map((stride) => this.#dim(stride)).join(',')}]`];
  }

  #type({ dtype, shape }: Value['type']): string {
    return `${dtype}[${shape.map((dim) => this.#dim(dim)).join(',')}]`;
  }

  #dim(dim: Dim): string {
    if (typeof dim === 'number') return String(dim);
    return String(
      substitute(dim, ({ name, min, max, opt }) => {
        const known = this.#symbols.get(name) ?? new Sym(`s${this.#symbols.size}`, min, max, undefined, opt);
        this.#symbols.set(name, known);
        return dimOf(known);
      }),
    );
  }
}
