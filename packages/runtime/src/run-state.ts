// What a run knows of the plan's values: those that the host has, where the GPU has them, and the sizes that they tell.
import type { DataSymbol, PlanConstraint, PlanMove, PlanValue, Size } from '@trtx/engine';
import { storageBytes } from '@trtx/engine';
import { quote, type TrtxError } from '@trtx/errors';
import type { RuntimeErrorCode } from './codes.ts';
import type { Commands } from './commands.ts';
import { Holdings } from './holdings.ts';
import type { ContextMemory } from './memory.ts';
import { type Holder, heldData, holdersIn, type Place } from './places.ts';
import type { Program } from './program.ts';
import type { Residency } from './residency.ts';
import { type BoundShape, checkConstraints, unitsOf } from './shapes.ts';
import { arrayFor, elements, fromStorage, type HostValue, type TensorData, type TensorForm } from './tensors.ts';

/** What a value becomes. */
export interface Setting {
  readonly to: number;
  readonly dims: readonly number[];
  /** Its elements, where the host has them. */
  readonly data?: HostValue['data'] | undefined;
  /** Where the GPU has them. There is one of both at least. */
  readonly place?: Place | undefined;
}

/** Elements that are to come from the GPU. */
interface Read {
  readonly form: TensorForm;
  readonly place: Place;
  readonly dims: readonly number[];
  readonly take: (data: TensorData) => void;
}

/** By what has them: a holder, or the index of a value. */
type Reads = Map<Holder | number, Read>;

function addHeld(reads: Reads, holder: Holder): void {
  const { dtype, length, place } = heldData(holder)!;
  const take = (data: TensorData) => {
    holder.data = data;
  };
  reads.set(holder, { form: { name: 'what is held', dtype, storage: place.storage }, place, dims: [length], take });
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
  readonly #holdings: Holdings;
  /** What has to hold in the blocks that are being done, the innermost one last. */
  readonly #constraints: (readonly PlanConstraint[])[] = [];

  constructor(memory: ContextMemory, commands: Commands, shape: BoundShape, onShape: (shape: BoundShape) => void) {
    this.program = shape.program;
    this.commands = commands;
    this.#constants = memory.residency.constants;
    this.#holdings = new Holdings(memory, commands);
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

  /** Values that moves need on the host. */
  neededBy(moves: readonly PlanMove[]): number[] {
    return moves.flatMap((move) => (this.comesToHost(move) ? [move.from] : []));
  }

  /** Whether a move needs its elements on the host. */
  comesToHost({ from, to }: PlanMove): boolean {
    const isCopied = !this.place(from) || this.#copied(from, to);
    return !isCopied || this.#tellsByElement(to);
  }

  /** Brings values to the host that only the GPU has, and what they hold. */
  async fetch(values: Iterable<number>): Promise<void> {
    const reads: Reads = new Map();
    for (const index of values) {
      const value = this.#root(index);
      const known = this.#known[value];
      const { name, dtype, gpu: place } = this.#plan(value);
      if (known) for (const holder of holdersIn(known)) addHeld(reads, holder);
      else if (place) {
        const dims = this.dims(value);
        const take = (data: TensorData) => {
          this.#known[value] = { dtype, dims, data };
        };
        reads.set(value, { form: { name, dtype, storage: place.storage }, place, dims, take });
      }
    }
    await this.#read(reads);
  }

  /** A value for who reads no elements of it: what only the GPU has stays there, as a copy. */
  async pass(index: number): Promise<HostValue> {
    const value = this.#root(index);
    const { dtype, gpu: place } = this.#plan(value);
    if (place && !this.#known[value]) {
      const dims = this.dims(value);
      const held = { dtype, length: elements(dims) };
      const data = await this.#holdings.hold(held, { place, bytes: storedBytes(dims, place) }, this.#known);
      this.#known[value] = { dtype, dims, data: data as never };
    }
    return this.value(index);
  }

  /** At the end of the run, when what it gives is on the host. */
  release(): void {
    this.#holdings.release();
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
    await this.#unhold(settings);
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
    for (const setting of settings) {
      const { to, dims, data } = setting;
      const { name, dtype, gpu } = this.#plan(to);
      this.#known[to] = data && { dtype, dims, data };
      if (!gpu) continue;
      const place = setting.place ?? heldData(setting)?.place;
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

  /** Whether its elements are sizes. */
  #tellsByElement(index: number): boolean {
    return this.program.symbolsOf[index]!.some((k) => 'element' in this.program.plan.symbols[k]!);
  }

  /** The value whose elements a value has. */
  #root(index: number): number {
    let root = index;
    for (let of = this.#plan(root).of; of !== undefined; of = this.#plan(root).of) root = of;
    return root;
  }

  async #read(reads: Reads): Promise<void> {
    const some: (Read & { bytes: number })[] = [];
    for (const read of reads.values()) {
      const { form, place, dims, take } = read;
      const bytes = storedBytes(dims, place);
      if (bytes > 0) some.push({ ...read, bytes });
      else take(fromStorage(form, undefined, 0, dims));
    }
    await this.commands.read(some, ({ form, dims, take }, memory, offset) => {
      take(fromStorage(form, memory, offset, dims));
    });
  }

  /** Brings to the host what is to be set where that is needed. */
  async #unhold(settings: readonly Setting[]): Promise<void> {
    const reads: Reads = new Map();
    for (const setting of settings) {
      const { to } = setting;
      const storage = heldData(setting)?.place.storage;
      const target = this.#plan(to).gpu?.storage ?? storage;
      if (storage && (storage !== target || this.#tellsByElement(to))) addHeld(reads, setting);
    }
    await this.#read(reads);
  }

  #integers(dtype: PlanValue['dtype'], sizes: readonly Size[]): TensorData {
    const data = arrayFor(dtype, sizes.length);
    const big = data instanceof BigInt64Array || data instanceof BigUint64Array;
    for (const [i, size] of sizes.entries()) {
      const number = this.#shape.integerOf(size);
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
  const { name } = symbol;
  const size = 'axis' in symbol ? dims[symbol.axis]! : Number(data![symbol.element]);
  return unitsOf(symbol, size, (range) => {
    const what =
      'axis' in symbol
        ? `[${dims}] for ${quote(value)}, of which axis ${symbol.axis} (${quote(name)}) is to be in ${range}`
        : `${size} as element ${symbol.element} of ${quote(value)}, where ${quote(name)} is to be in ${range}`;
    return refuse('SHAPE_OUT_OF_PROFILE', what, value);
  });
}
