// Fused code: the elements of values that a group computes, from those that it reads.

import { TrtxError } from '@trtx/errors';
import { type Dim, type DType, type Index, type IndexMap, type Node, numbersOf, traitOf, type Value } from '@trtx/ir';
import { isNumber } from './group/formation.ts';
import type { Grouping } from './group/group.ts';
import { mapOf } from './group/view.ts';
import { computeOf } from './storage.ts';
import { contentsAt } from './wgsl/contents.ts';
import type { Ix } from './wgsl/ix.ts';
import * as ix from './wgsl/ix.ts';
import { Position } from './wgsl/position.ts';
import { literal, printScalar } from './wgsl/scalar.ts';
import type { Shader } from './wgsl/shader.ts';

/** What an emitter knows of the group and its operands. */
export interface Operands {
  readonly shader: Shader;
  readonly grouping: Grouping;
  size(dim: Dim): Ix;
  isComputed(value: Value): boolean;
  element(value: Value, position: Position): string;
  overflow(node: Node): number | undefined;
  leaving(value: Value, to: DType | undefined, element: string): string;
}

/** One evaluation of fused code: each value is computed once at each position. */
export class Evaluation {
  readonly #done = new Map<Value, Map<Position, string>>();

  constructor(
    readonly emitter: Operands,
    readonly bound: ReadonlyMap<Value, string>,
  ) {}

  read(value: Value, position: Position): string {
    const bound = this.bound.get(value);
    if (bound !== undefined) return bound;
    const { shader } = this.emitter;
    if (value.contents && !value.constant) {
      return contentsAt(shader, computeOf(value.type.dtype), value.contents.values, position);
    }
    if (isNumber(value)) return literal(shader, numbersOf(value.constant!)[0]!, computeOf(value.type.dtype));
    const known = this.#done.get(value)?.get(position);
    if (known !== undefined) return known;
    const text = shader.let(this.#compute(value, position));
    let places = this.#done.get(value);
    if (!places) {
      places = new Map();
      this.#done.set(value, places);
    }
    places.set(position, text);
    return text;
  }

  #compute(value: Value, position: Position): string {
    const { emitter } = this;
    const { shader } = emitter;
    const node = value.producer;
    const computed = emitter.isComputed(value);
    const at = node?.view();
    const trait = computed && at && traitOf(node!.op, at);
    if (trait && trait.kind === 'pointwise') {
      const expression = trait.scalar(at!);
      const read = (index: number) => {
        const input = node!.inputs[index]!;
        const axes = trait.alignment?.(at!, index);
        const { shape } = input.type;
        const place = axes ? position.pick(shader, shape, axes) : position.broadcast(shader, shape);
        return emitter.leaving(input, value.type.dtype, this.read(input, place));
      };
      const bit = emitter.overflow(node!);
      if (bit === undefined) return printScalar(shader, expression, read);
      const open = emitter.grouping.ranges!.openIn(node!, expression);
      return printScalar(shader, expression, read, { open, bit });
    }
    if (computed) {
      const map = mapOf(value);
      if (!map) throw new TrtxError('CODEGEN', 'a value that no code computes is read', { tensor: value.name });
      return this.#select(value, map, position);
    }
    return emitter.element(value, position);
  }

  /** The source that applies at a position. Each is read under its own condition: elsewhere its index is past the end. */
  #select(value: Value, map: IndexMap, position: Position): string {
    const { shader } = this.emitter;
    const node = value.producer!;
    const type = computeOf(value.type.dtype);
    const fromSource = (s: number): string => {
      const source = map.sources[s]!;
      const input = node.inputs[source.input]!;
      const shape = input.type.shape;
      // A fresh evaluation: what is declared inside a branch cannot be used after it.
      const inner = new Evaluation(this.emitter, this.bound);
      if (source.at === 'linear') return inner.read(input, Position.linear(shape, position.linear(shader)));
      const coords = source.at.map((index) => this.#index(index, position, node.inputs));
      return inner.read(input, Position.at(shape, coords));
    };
    const last = map.sources.length - 1;
    if (map.otherwise === undefined && last === 0) return fromSource(0);
    // Declared before the branches, which share them.
    const coords = position.coords(shader);
    position.linear(shader);
    const result = shader.name('s');
    shader.line(`var ${result}: ${type};`);
    const branch = (s: number): void => {
      if (s > last) {
        const { otherwise } = map;
        const other =
          otherwise === undefined
            ? literal(shader, 0, type)
            : 'value' in otherwise
              ? literal(shader, otherwise.value, type)
              : this.read(node.inputs[otherwise.input]!, Position.linear([1], 0));
        shader.line(`${result} = ${other};`);
        return;
      }
      const source = map.sources[s]!;
      const unconditional = !source.where || (s === last && map.otherwise === undefined);
      if (unconditional) {
        shader.line(`${result} = ${fromSource(s)};`);
        return;
      }
      const tests = source.where!.map(({ index, low, high }) => {
        const at = index.kind === 'coord' ? coords[index.axis]! : this.#index(index, position, node.inputs);
        const length = ix.sub(this.emitter.size(high), this.emitter.size(low));
        return ix.less(ix.sub(at, this.emitter.size(low)), length);
      });
      shader.block(`if (${ix.all(tests)})`, () => shader.line(`${result} = ${fromSource(s)};`));
      shader.block('else', () => branch(s + 1));
    };
    branch(0);
    return result;
  }

  #index(index: Index, position: Position, inputs: readonly (Value | null)[]): Ix {
    const { shader } = this.emitter;
    if (index.kind === 'coord') return position.coords(shader)[index.axis]!;
    if (index.kind === 'dim') return this.emitter.size(index.value);
    if (index.kind === 'element') {
      const input = inputs[index.input]!;
      const coords = index.at.map((i) => this.#index(i, position, inputs));
      const raw = shader.let(this.read(input, Position.at(input.type.shape, coords)));
      const size = ix.text(this.emitter.size(index.size));
      const signed = computeOf(input.type.dtype) === 'i32';
      return shader.let(signed ? `select(u32(${raw}), u32(${raw}) + ${size}, ${raw} < 0)` : raw, 'e');
    }
    const a = this.#index(index.a, position, inputs);
    const b = this.#index(index.b, position, inputs);
    return INDEX_OPS[index.op](a, b);
  }
}

const INDEX_OPS = {
  '+': ix.add,
  '-': ix.sub,
  '*': ix.mul,
  '/': ix.div,
  '%': ix.mod,
  // Of natural and negative numbers, as reflected and clamped places are before they are brought into range.
  min: (a: Ix, b: Ix) => ix.signed('min', a, b),
  max: (a: Ix, b: Ix) => ix.signed('max', a, b),
};
