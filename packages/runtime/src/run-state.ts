// What a run knows of the plan's values: those that the host has, where the GPU has them, and the sizes that they tell.
import type { DataSymbol, PlanConstraint, PlanMove, PlanValue, Size } from '@trtx/engine';
import { storageBytes } from '@trtx/engine';
import { quote, type TrtxError } from '@trtx/errors';
import type { RuntimeErrorCode } from './codes.ts';
import type { Commands, Place } from './commands.ts';
import type { Program } from './program.ts';
import type { Residency } from './residency.ts';
import { type BoundShape, checkConstraints } from './shapes.ts';
import { arrayFor, elements, fromStorage, type HostValue, type TensorData } from './tensors.ts';

/** What a value becomes. */
export interface Setting {
  readonly to: number;
  readonly dims: readonly number[];
  /** Its elements, where the host has them. */
  readonly data?: HostValue['data'] | undefined;
  /** Where the GPU has them. There is one of both at least. */
  readonly place?: Place | undefined;
}

/** The error for what a step gives: `what` follows `gave`. */
export type Refuse = (code: RuntimeErrorCode, what: string, value: string) => TrtxError;

export class RunState {
  readonly commands: Commands;
  readonly program: Program;
  #shape: BoundShape;
  readonly #constants: Residency['constants'];
  /** Called with each shape that follows. */
  readonly #onShape: (shape: BoundShape) => void;
  /** What the host has, by index of `plan.values`: what was set there, and copies of what the GPU has. */
  readonly #known: (HostValue | undefined)[] = [];
  /** What has to hold in the blocks that are being done, the innermost one last. */
  readonly #constraints: (readonly PlanConstraint[])[] = [];

  constructor(
    { program, constants }: Residency,
    commands: Commands,
    shape: BoundShape,
    onShape: (shape: BoundShape) => void,
  ) {
    this.program = program;
    this.commands = commands;
    this.#constants = constants;
    this.#shape = shape;
    this.#onShape = onShape;
  }

  /** The sizes that are known now. */
  get shape(): BoundShape {
    return this.#shape;
  }

  /** At the beginning of a block's steps. Throws `SHAPE_CONSTRAINT` or `SIZE_OVERFLOW`. */
  begin(constraints: readonly PlanConstraint[]): void {
    checkConstraints(constraints, this.#shape.sizeOf);
    this.#constraints.push(constraints);
  }

  /** At their end. */
  end(): void {
    this.#constraints.pop();
  }

  /** A value that the host has. */
  value(index: number): HostValue {
    const known = this.#known[index];
    if (known) return known;
    const { bytes, strings, elements: integers, of, shape, dtype } = this.#plan(index);
    const dims = shape.map(this.#shape.sizeOf);
    if (of !== undefined) return { dtype, dims, data: this.value(of).data };
    if (strings) return { dtype, dims, data: strings };
    if (integers) return { dtype, dims, data: this.#integers(dtype, integers) };
    const memory = this.#constants.get(bytes!.buffer)!;
    return { dtype, dims, data: arrayFor(dtype, elements(dims), memory.buffer, bytes!.offset) };
  }

  /** Where the GPU has a value; undefined where only the host has it. */
  place(index: number): Place | undefined {
    return this.#plan(this.#root(index)).gpu;
  }

  dims(index: number): readonly number[] {
    return this.#known[index]?.dims ?? this.#plan(index).shape.map(this.#shape.sizeOf);
  }

  /** Whether a move needs its elements on the host. */
  comesToHost({ from, to }: PlanMove): boolean {
    return !this.#copied(from, to) || this.#symbols(to).some((symbol) => 'element' in symbol);
  }

  /** Brings values to the host that only the GPU has. */
  async fetch(values: Iterable<number>): Promise<void> {
    const reads = new Map<number, { value: number; place: Place; dims: readonly number[]; bytes: number }>();
    for (const index of values) {
      const value = this.#root(index);
      const { gpu: place } = this.#plan(value);
      if (!place || this.#known[value]) continue;
      const dims = this.dims(value);
      const bytes = storedBytes(dims, place);
      if (bytes > 0) reads.set(value, { value, place, dims, bytes });
      else this.#take(value, dims, place);
    }
    await this.commands.read([...reads.values()], ({ value, place, dims }, memory, offset) => {
      this.#take(value, dims, place, memory, offset);
    });
  }

  /** Forgets the copies of what dispatches compute, for they will compute it again. */
  forgetComputed(): void {
    for (const index of this.program.computed) this.#known[index] = undefined;
  }

  /** An input that the host has. */
  feed(index: number, dims: readonly number[], data: HostValue['data']): void {
    this.#known[index] = { dtype: this.#plan(index).dtype, dims, data };
  }

  /**
   * Sets values, and the sizes that they tell. `unknown` are symbols that are not known from now on.
   * Throws what `refuse` makes, what a shape can be refused with, `TENSOR_RANGE` or `ENGINE_INVALID`.
   */
  async set(settings: readonly Setting[], refuse: Refuse, unknown: readonly number[] = []): Promise<void> {
    const symbols = [...this.#shape.symbols];
    for (const k of unknown) symbols[k] = Number.NaN;
    for (const setting of settings) {
      for (const k of this.program.symbolsOf[setting.to]!) {
        const symbol = this.program.plan.symbols[k] as DataSymbol;
        symbols[k] = readSymbol(symbol, this.#plan(setting.to).name, setting, refuse);
      }
    }
    if (symbols.some((value, k) => !Object.is(value, this.#shape.symbols[k]))) {
      this.#shape = this.#shape.told(symbols);
      this.#onShape(this.#shape);
      for (const constraints of this.#constraints) checkConstraints(constraints, this.#shape.sizeOf);
    }
    for (const { to, dims } of settings) {
      const { name, shape } = this.#plan(to);
      const foretold = shape.map(this.#shape.sizeOf);
      if (dims.length !== foretold.length || foretold.some((dim, axis) => dim !== dims[axis])) {
        throw refuse('TENSOR_SHAPE', `[${dims}] for ${quote(name)}, which is [${foretold}]`, name);
      }
    }
    for (const { to, dims, data, place } of settings) {
      const { name, dtype, gpu } = this.#plan(to);
      this.#known[to] = data && { dtype, dims, data };
      if (!gpu) continue;
      if (place) await this.commands.copy(place, gpu, storedBytes(dims, place));
      else this.commands.upload(gpu, { name, dtype }, data as TensorData);
    }
  }

  /** What `to` becomes by a move. The host has `from` where the move needs it. */
  moved(move: PlanMove): Setting {
    const { from, to } = move;
    const place = this.#copied(from, to);
    const isKnown = !this.place(from) || this.#known[this.#root(from)] !== undefined;
    return { to, dims: this.dims(from), data: isKnown ? this.value(from).data : undefined, place };
  }

  /** Where `from` is, if it can become `to` by a copy on the GPU. */
  #copied(from: number, to: number): Place | undefined {
    const [source, target] = [this.place(from), this.place(to)];
    return source?.storage === target?.storage ? source : undefined;
  }

  #plan(index: number): PlanValue {
    return this.program.plan.values![index]!;
  }

  #symbols(index: number): DataSymbol[] {
    return this.program.symbolsOf[index]!.map((k) => this.program.plan.symbols[k] as DataSymbol);
  }

  /** The value whose elements a value has. */
  #root(index: number): number {
    let root = index;
    for (let of = this.#plan(root).of; of !== undefined; of = this.#plan(root).of) root = of;
    return root;
  }

  #take(index: number, dims: readonly number[], { storage }: Place, memory?: ArrayBuffer, offset = 0): void {
    const { name, dtype } = this.#plan(index);
    this.#known[index] = { dtype, dims, data: fromStorage({ name, dtype, storage }, memory, offset, dims) };
  }

  #integers(dtype: PlanValue['dtype'], sizes: readonly Size[]): TensorData {
    const data = arrayFor(dtype, sizes.length);
    const big = data instanceof BigInt64Array || data instanceof BigUint64Array;
    for (const [i, size] of sizes.entries()) {
      const number = typeof size === 'number' ? size : this.#shape.integerOf(size);
      data[i] = big ? BigInt(number) : number;
    }
    return data;
  }
}

/** Bytes in storage type, rounded up to 4. */
export function storedBytes(dims: readonly number[], { storage }: Place): number {
  return storageBytes(storage, elements(dims));
}

/** The size that a value tells, in units of the symbol's `multipleOf`. */
function readSymbol(symbol: DataSymbol, value: string, { dims, data }: Setting, refuse: Refuse): number {
  const { name, min, max, multipleOf } = symbol;
  const size = 'axis' in symbol ? dims[symbol.axis]! : Number(data![symbol.element]);
  if (size >= min && size <= max && size % multipleOf === 0) return size / multipleOf;
  const range = `${min}..${max}${multipleOf === 1 ? '' : ` in steps of ${multipleOf}`}`;
  const what =
    'axis' in symbol
      ? `[${dims}] for ${quote(value)}, of which axis ${symbol.axis} (${quote(name)}) is to be in ${range}`
      : `${size} as element ${symbol.element} of ${quote(value)}, where ${quote(name)} is to be in ${range}`;
  throw refuse('SHAPE_OUT_OF_PROFILE', what, value);
}
