// What kernels write with: reads of any operand at any position, through whatever is fused into it, and the store of a
// result through its epilogue. A kernel never knows whether an operand is memory, a strided view, a number or a chain of
// pointwise code.

import { storageBytes } from '@trtx/engine';
import { TrtxError } from '@trtx/errors';
import { type Dim, type DType, Graph, type Node, sameShape, traitOf, type Value } from '@trtx/ir';
import { Evaluation } from './evaluation.ts';
import { orderOf } from './format/format.ts';
import { appliedTo } from './group/applied.ts';
import { isNumber } from './group/formation.ts';
import { computedBy, type Group, type Grouping } from './group/group.ts';
import { denseView, isDense, liesInRuns, reshaped, type TensorView } from './group/view.ts';
import { partBytes, partsOf, requireBuffer } from './memory/parts.ts';
import { mostElements } from './memory/sizes.ts';
import { type Packed, type Slot, type Source, STATUS_BITS } from './slot.ts';
import { type Storages, sharesWords, storageOf } from './storage.ts';
import type { Target } from './target.ts';
import { encode, isNarrowFloat, rounded } from './wgsl/codes.ts';
import type { Ix } from './wgsl/ix.ts';
import * as ix from './wgsl/ix.ts';
import {
  elementsPerWord,
  type Form,
  loadElement,
  loadRun,
  loadVector,
  type RunLength,
  runWordOf,
  storeRun,
  toWord,
  vectorOf,
  wordOf,
} from './wgsl/memory.ts';
import { type Lane, Position } from './wgsl/position.ts';
import { type BufferElement, ELEMENT_BYTES, Shader } from './wgsl/shader.ts';
import { type Words, wordsOf } from './wgsl/words.ts';

export class Emitter {
  readonly shader = new Shader();
  /** In order of binding number. */
  readonly slots: Slot[] = [];
  readonly #words = new Map<Value | string, { readonly words: Words; readonly element: BufferElement }>();
  readonly #checked: Value[] = [];
  readonly #own: ReadonlySet<Value>;
  readonly #halves: boolean;
  /** Neighbours that are stored together, where they are. */
  #run: RunLength | undefined;
  /** Elements of operands, by where their runs begin. */
  readonly #runs = new Map<Position, Map<Value, readonly string[]>>();

  constructor(
    readonly group: Group,
    readonly grouping: Grouping,
    readonly storages: Storages,
    readonly target: Target,
  ) {
    this.#halves = target.features.has('shader-f16');
    this.#own = computedBy(group);
  }

  /** What writes another shader for the same group, to run before this one's. */
  stage(): Emitter {
    return new Emitter(this.group, this.grouping, this.storages, this.target);
  }

  /** Memory for so many float32, in which stages leave something to each other, by `scratchWords`. */
  scratch(elements: Dim): Value {
    const name = `${this.group.accumulated.name}.scratch`;
    return new Graph('scratch').addInput(name, { dtype: 'float32', shape: [elements] });
  }

  /** Scratch memory in numbers, or in vectors of four: one of both in a stage. */
  scratchWords(value: Value, element: 'f32' | 'vec4<f32>'): Words {
    return this.#bind(value, { kind: 'scratch', value }, 'read_write', element).words;
  }

  /** A size as an index expression. */
  size(dim: Dim): Ix {
    return this.shader.size(dim);
  }

  /** Reads an element of a packed constant by its number. */
  packed(packed: Packed): (index: Ix) => string {
    const form = { dtype: packed.dtype, storage: storageOf(packed.dtype)! };
    const { words, element } = this.#bind(packed.key, { kind: 'packed', packed }, 'read', wordOf(form, this.#halves));
    return (index) => loadElement(this.shader, words, form, element, index);
  }

  /** Reads four neighbouring elements of a packed constant of a type with `vectorOf`; `index` counts the fours. */
  packedVectors(packed: Packed): (index: Ix) => string {
    const element = vectorOf(packed.dtype)!.word;
    const { words } = this.#bind(packed.key, { kind: 'packed', packed }, 'read', element);
    return (index) => loadVector(this.shader, words, packed.dtype, index);
  }

  /**
   * The bit of the group's status that says of a result that it is no number of 32 bits, for functions that check it;
   * undefined for a node that computes none, or that nothing checks.
   */
  overflow(node: Node): number | undefined {
    if (!this.grouping.ranges?.isChecked(node)) return undefined;
    if (this.#checked.length === 0) this.#bindStatus();
    const known = this.#checked.indexOf(node.output);
    const at = known < 0 ? this.#checked.push(node.output) - 1 : known;
    return 2 ** Math.min(at, STATUS_BITS - 1);
  }

  #bindStatus(): void {
    const name = this.shader.buffer('read_write', 'atomic<u32>');
    this.slots.push({ kind: 'status', checked: this.#checked, part: 0, parts: 1 });
    this.shader.global(`fn raise(bit: u32) { atomicOr(&${name}[0], bit); }`);
  }

  /** True where the operand is memory, perhaps with strides, so that `view` gives its addresses. */
  isView(value: Value): boolean {
    // What the group itself computes is not in memory yet.
    return !isNumber(value) && (!value.contents || value.constant !== null) && !this.isComputed(value);
  }

  /**
   * What an operand is addressed in: itself where it is memory, else the memory to each of whose elements the group applies
   * code to have it. Undefined for what only `read` gives.
   */
  source(value: Value): Value | undefined {
    let at: Value | undefined = value;
    while (at && this.isComputed(at)) at = appliedTo(at);
    return at && this.isView(at) ? at : undefined;
  }

  /** How to address an operand for which `isView` holds, or a result. */
  view(value: Value): TensorView {
    return this.grouping.views.get(value) ?? denseView(value);
  }

  /** True where the group computes a value. */
  isComputed(value: Value): boolean {
    return this.#own.has(value);
  }

  /** The address of an element, in elements of the memory that it lies in. */
  address(value: Value, position: Position): Ix {
    const view = this.view(value);
    const offset = this.size(view.offset);
    if (isDense(view)) return ix.add(offset, position.linear(this.shader));
    const order = orderOf(view);
    const number = order && position.numberIn(order);
    if (number !== undefined) return ix.add(offset, number);
    const strides = view.strides.map((stride) => this.size(stride));
    return ix.add(offset, ix.dot(position.coords(this.shader), strides));
  }

  /** The element of memory that an operand has at a position; of lanes of a run all at once, where they lie so. */
  element(value: Value, position: Position): string {
    const { lane } = position;
    const run = lane && this.#runAt(value, lane);
    return run ? run[lane.number]! : this.load(this.view(value).storage, this.address(value, position));
  }

  #runAt(value: Value, { start, axis }: Lane): readonly string[] | undefined {
    const count = this.#run;
    if (!count || !liesInRuns(this.view(value), axis, count)) return undefined;
    let known = this.#runs.get(start)?.get(value);
    if (!known) {
      const { storage } = this.view(value);
      const element = runWordOf(this.#form(storage), this.#halves, count);
      const words = element && this.#many(storage, element);
      if (!words) return undefined;
      known = loadRun(this.shader, words, element, count, this.address(value, start));
      this.#runs.set(start, (this.#runs.get(start) ?? new Map()).set(value, known));
    }
    return known;
  }

  /**
   * Whether what the group gives can be stored in runs of so many neighbours along an axis of the anchor's result, which
   * begin at multiples of as many. Asked before anything is read; after a yes `storeRun` is the only way to store.
   */
  storesRuns(axis: number, count: RunLength): boolean {
    const { shape } = this.group.accumulated.type;
    const elements = this.group.results.map((result) => {
      const view = this.view(result);
      const same = sameShape(view.shape, shape) ? view : reshaped(view, shape);
      return same && liesInRuns(same, axis, count) ? runWordOf(this.#form(result), this.#halves, count) : undefined;
    });
    if (elements.includes(undefined)) return false;
    this.#run = count;
    for (const [i, result] of this.group.results.entries()) this.#bindResult(result, elements[i]!);
    return true;
  }

  /** As `store`, of the run of neighbours along an axis that begins at a position. */
  storeRun(start: Position, axis: number, accumulated: readonly string[]): void {
    const lanes = start.run(axis, accumulated.length).map((lane, i) => this.finish(lane, accumulated[i]!));
    for (const result of this.group.results) {
      const { words, element } = this.#words.get(this.view(result).storage)!;
      const values = lanes.map((elements) => elements.get(result)!);
      storeRun(this.shader, words, element, values, this.address(result, this.#inShapeOf(result, start)));
    }
  }

  /** The element at an address (in elements) of memory. */
  load(storage: Value, address: Ix): string {
    const { words, element } = this.#wordsOf(storage);
    return loadElement(this.shader, words, this.#form(storage), element, address);
  }

  /** The element of an operand at an address in its `source`. */
  loaded(value: Value, address: Ix): string {
    const source = this.source(value)!;
    return this.#applied(value, source, this.load(this.view(source).storage, address));
  }

  /** What the group makes of an element of the source of an operand. */
  #applied(value: Value, source: Value, element: string): string {
    if (value === source) return element;
    const bound = new Map([[source, this.shader.let(element)]]);
    // Elements of all places are treated alike.
    const anywhere = Position.at(value.type.shape, new Array<Ix>(value.type.shape.length).fill(0));
    const made = new Evaluation(this, bound).read(value, anywhere);
    return this.leaving(value, this.group.anchor?.output.type.dtype, made);
  }

  /**
   * Reads four neighbouring elements of an operand that has a `source`, from addresses there that are multiples of four: at
   * once, if it is asked for before any of them is read alone.
   */
  vectors(value: Value): (address: Ix) => string {
    const source = this.source(value)!;
    const read = this.#fours(source);
    if (value === source) return read;
    return (address) => {
      const four = this.shader.let(read(address), 'four');
      return `vec4(${[...'xyzw'].map((c) => this.#applied(value, source, `${four}.${c}`)).join(', ')})`;
    };
  }

  #fours(value: Value): (address: Ix) => string {
    const { storage } = this.view(value);
    const word = wordOf(this.#form(storage), this.#halves);
    if (word === 'f32' || word === 'f16') {
      const words = this.#many(storage, `vec4<${word}>`);
      if (words)
        return (address) => {
          const vector = words.read(ix.div(address, 4));
          return word === 'f32' ? vector : `vec4<f32>(${vector})`;
        };
    }
    return (address) => `vec4(${[0, 1, 2, 3].map((i) => this.load(storage, ix.add(address, i))).join(', ')})`;
  }

  /**
   * As `vectors`, eight neighbouring float16 elements as they lie in memory: a vec4<u32>, from addresses that are multiples
   * of eight.
   */
  halves(value: Value): (address: Ix) => string {
    const source = this.source(value)!;
    const { storage } = this.view(source);
    const isShared = elementsPerWord(this.storages(storage)) > 1;
    const words = value === source && isShared ? this.#many(storage, 'vec4<u32>') : undefined;
    if (words) return (address) => words.read(ix.div(address, 8));
    return (address) => packHalves(Array.from({ length: 8 }, (_, i) => this.loaded(value, ix.add(address, i))));
  }

  /** Reads the words of a packed constant as they are; `index` counts them. */
  packedWords(packed: Packed, element: BufferElement): (index: Ix) => string {
    const { words } = this.#bind(packed.key, { kind: 'packed', packed }, 'read', element);
    return (index) => words.read(index);
  }

  /** The words of a memory of which several elements are read at once; undefined where they cannot be. */
  #many(storage: Value, element: BufferElement): Words | undefined {
    // What the group writes there needs words; WGSL would write the vector around one.
    const isWritten = this.group.results.some((result) => this.view(result).storage === storage);
    const bound = this.#words.get(storage);
    const fits = bound ? bound.element === element : !isWritten;
    return fits ? this.#wordsOf(storage, element).words : undefined;
  }

  /** The element of an operand at a position of the operand's own shape. */
  read(value: Value, position: Position): string {
    const { anchor } = this.group;
    return this.leaving(value, anchor?.output.type.dtype, new Evaluation(this, new Map()).read(value, position));
  }

  /**
   * An element as code of another type takes it: what the group computes in a float of fewer than 32 bits has all 32 until
   * it is stored or leaves its type.
   */
  leaving(value: Value, to: DType | undefined, element: string): string {
    const { dtype } = value.type;
    if (to === dtype || !isNarrowFloat(dtype) || !this.isComputed(value) || isCast(value)) return element;
    return rounded(this.shader, dtype, element);
  }

  /** How many elements of a result share a word: more than 1 only for kernels that `ownsWords`, by `emitResult`. */
  perWord(result: Value): number {
    const storage = this.storages(result);
    return sharesWords(result.type.dtype, storage, this.target.features) ? elementsPerWord(storage) : 1;
  }

  /**
   * The elements of all results at a position: of the anchor's result, through the epilogue, or of code alone where there
   * is none.
   */
  finish(position: Position, accumulated?: string): Map<Value, string> {
    const bound = new Map(accumulated === undefined ? [] : [[this.group.accumulated, accumulated]]);
    const evaluation = new Evaluation(this, bound);
    return new Map(
      this.group.results.map((result) => [result, evaluation.read(result, this.#inShapeOf(result, position))]),
    );
  }

  /** Applies the group's epilogue to an element of the anchor's result and stores what comes out, in words of its own. */
  store(position: Position, accumulated: string): void {
    // All are computed before any is stored: a result may lie where an operand does.
    for (const [result, value] of this.finish(position, accumulated)) this.storeElement(result, position, value);
  }

  /** Stores an element of a result in a word of its own. */
  storeElement(result: Value, position: Position, value: string): void {
    if (this.perWord(result) > 1)
      throw new TrtxError('CODEGEN', 'an element is stored where it has no word of its own', { tensor: result.name });
    const address = this.address(result, this.#inShapeOf(result, position));
    this.storeWord(result, address, toWord(this.shader, result.type.dtype, value, this.#halves));
  }

  /** The place of an element in a result, which may have another shape than what the anchor gives. */
  #inShapeOf({ type: { shape } }: Value, position: Position): Position {
    return sameShape(shape, position.shape) ? position : Position.linear(shape, position.linear(this.shader));
  }

  /** The code of an element of a result, a u32, with other bits 0. */
  code(result: Value, value: string): string {
    return encode(this.shader, result.type.dtype, value);
  }

  /** Stores a word of a result. */
  storeWord(result: Value, number: Ix, word: string): void {
    const { words } = this.#bindResult(result, wordOf(this.#form(result), this.#halves));
    this.shader.line(words.write(number, word));
  }

  #bindResult(result: Value, element: BufferElement) {
    const { storage } = this.view(result);
    return this.#bind(storage, { kind: 'value', value: storage }, 'read_write', element);
  }

  #wordsOf(storage: Value, element: BufferElement = wordOf(this.#form(storage), this.#halves)) {
    // What dispatches write lies in buffers that other bindings of the same dispatch may write: WebGPU wants one access.
    const access = storage.producer || this.grouping.states.has(storage) ? 'read_write' : 'read';
    return this.#bind(storage, { kind: 'value', value: storage }, access, element);
  }

  #form(value: Value): Form {
    return { dtype: value.type.dtype, storage: this.storages(value) };
  }

  #bind(key: Value | string, source: Source, access: 'read' | 'read_write', element: BufferElement) {
    let bound = this.#words.get(key);
    if (!bound) {
      const parts = partsOf(this.#bytesOf(source), this.target.limits);
      const buffers = Array.from({ length: parts }, (_, part) => {
        this.slots.push({ ...source, part, parts });
        return this.shader.buffer(access, element);
      });
      const words = wordsOf(this.shader, buffers, element, partBytes(this.target.limits) / ELEMENT_BYTES[element]);
      bound = { words, element };
      this.#words.set(key, bound);
    }
    return bound;
  }

  /** @throws TrtxError TENSOR_TOO_LARGE for what no buffer holds; constants may lie in several */
  #bytesOf(source: Source): number {
    if (source.kind === 'packed') return source.packed.size;
    if (source.kind === 'status') return ELEMENT_BYTES['atomic<u32>'];
    const { value } = source;
    const bytes = storageBytes(this.storages(value), mostElements(value));
    if (!value.constant) requireBuffer(value, bytes, this.target.limits);
    return bytes;
  }
}

/** Eight numbers as halves in four words. */
export function packHalves(elements: readonly string[]): string {
  const words = [0, 2, 4, 6].map((i) => `pack2x16float(vec2<f32>(${elements[i]}, ${elements[i + 1]}))`);
  return `vec4<u32>(${words.join(', ')})`;
}

/** True for what is rounded when it is cast. */
function isCast({ producer }: Value): boolean {
  const at = producer!.view();
  const trait = traitOf(producer!.op, at);
  return trait.kind === 'pointwise' && trait.scalar(at).kind === 'cast';
}
