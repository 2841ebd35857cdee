// The shapes of one run: checked against the profile, and turned into all numbers that the run needs. This happens once
// for each shape, not for each run, and again when values tell more sizes.
import {
  evaluate,
  type Plan,
  type PlanConstraint,
  type PlanSymbol,
  type PlanTensor,
  type Size,
  sizeValue,
  storageBytes,
} from '@trtx/engine';
import { quote, TrtxError } from '@trtx/errors';
import { type CopyOp, isCopy, type Segment } from './flatten.ts';
import { mismatch } from './mismatch.ts';
import type { Program } from './program.ts';
import { elements } from './tensors.ts';

/** Numbers of one op on a tape: pipeline, bind group, x, y, z, index into `ops`; of a copy -1, bytes, 0, 0, 0, index. */
export const TAPE_STRIDE = 6;

/** What a word of the params buffer holds: kernels compute in 32 bits that wrap around. */
const [MIN_WORD, MAX_WORD] = [-(2 ** 31), 2 ** 32 - 1];

export class BoundShape {
  readonly inputDims: readonly (readonly number[])[];
  readonly outputDims: readonly (readonly number[])[];
  /** Bytes of each port's tensor in its buffer, rounded up to 4; 0 for what only the host has. */
  readonly portBytes: readonly number[];
  /** Contents of the params buffer. Words of sizes that are not known, or that no word holds, are what they were before. */
  readonly params: Uint32Array<ArrayBuffer> | undefined;
  /** Values of the plan's symbols, NaN for those that no value has told. What depends on them is NaN too. */
  readonly symbols: readonly number[];
  /** Values of the plan's expressions. */
  readonly values: readonly number[];
  readonly program: Program;
  readonly #maxWorkgroups: number;
  /** Of each segment, once it has been asked for. */
  readonly #tapes: (readonly number[] | undefined)[];

  /**
   * Throws `SHAPE_CONSTRAINT`, `TENSOR_SHAPE`, `SIZE_OVERFLOW` or `ENGINE_INVALID`.
   *
   * @param before the same inputs with other values of what values tell
   */
  constructor(
    program: Program,
    inputDims: BoundShape['inputDims'],
    symbols: readonly number[],
    maxWorkgroups: number,
    before?: BoundShape,
  ) {
    const { plan } = program;
    this.program = program;
    this.#maxWorkgroups = maxWorkgroups;
    this.inputDims = inputDims;
    this.symbols = symbols;
    this.values = evaluate(plan.exprs, symbols);
    // Before the constraints, which are not those of another profile that may hold the shapes.
    if (!before) {
      for (const [i, tensor] of plan.inputs.entries()) checkDims(tensor, inputDims[i]!, tensor.shape.map(this.sizeOf));
    }
    checkConstraints(plan.constraints, this.sizeOf);
    this.outputDims = program.outputs.map(({ shape }) => shape.map(this.sizeOf));
    const dims = [...inputDims, ...this.outputDims];
    this.portBytes = program.ports.map(({ tensor, buffer, bytes: most }, i) => {
      if (buffer < 0) return 0;
      const bytes = storageBytes(tensor.storage!, elements(dims[i]!));
      if (bytes > most) throw planInvalid(`needs ${bytes} bytes and has a buffer of ${most}`, tensor.name);
      return bytes;
    });
    this.params = fillParams(plan, this.values, before?.params);
    this.#tapes = program.segments.map((segment, i) => {
      return before && segment.symbols.every((k) => Object.is(symbols[k], before.symbols[k]))
        ? before.#tapes[i]
        : undefined;
    });
  }

  /** The number that a size stands for. Throws `SIZE_OVERFLOW`. */
  readonly sizeOf = (size: Size): number => sizeValue(size, this.values);

  /** The integer that an element stands for: as `sizeOf`, and it may be negative. */
  integerOf(size: Size): number {
    const value = typeof size === 'number' ? size : this.values[size.expr]!;
    return value < 0 ? value : this.sizeOf(size);
  }

  /**
   * What to replay of a segment, whose sizes and parameters have to be known. Dispatches of no workgroups and copies of no bytes are left
   * out. Throws `DISPATCH_TOO_LARGE`, `SIZE_OVERFLOW` or `ENGINE_INVALID`.
   */
  tape(segment: number): readonly number[] {
    const { segments } = this.program;
    this.#tapes[segment] ??= makeTape(this.program, segments[segment]!, this, this.#maxWorkgroups);
    return this.#tapes[segment];
  }

  /** The same inputs with other values of the symbols. */
  told(symbols: readonly number[]): BoundShape {
    return new BoundShape(this.program, this.inputDims, symbols, this.#maxWorkgroups, this);
  }
}

/**
 * Everything that follows from the dims of the inputs, in the first program whose profile holds them. Throws `TENSOR_SHAPE`,
 * `SHAPE_OUT_OF_PROFILE`, `SHAPE_CONSTRAINT`, `DISPATCH_TOO_LARGE`, `SIZE_OVERFLOW`, or `ENGINE_INVALID`.
 *
 * @param maxWorkgroups the device's `maxComputeWorkgroupsPerDimension`
 */
export function bindShape(
  programs: readonly Program[],
  inputDims: readonly (readonly number[])[],
  maxWorkgroups: number,
): BoundShape {
  const dims = inputDims.map((d) => [...d]);
  checkRanks(programs[0]!.plan, dims);
  const refusals: TrtxError[] = [];
  for (const program of programs) {
    let shape: BoundShape;
    try {
      shape = new BoundShape(program, dims, readSymbols(program.plan, dims), maxWorkgroups);
    } catch (error) {
      const { code } = error as TrtxError;
      if (code !== 'SHAPE_OUT_OF_PROFILE' && code !== 'TENSOR_SHAPE') throw error;
      refusals.push(error as TrtxError);
      continue;
    }
    // So that what is wrong with it is found before anything is submitted.
    if (program.isFlat) for (const i of program.segments.keys()) shape.tape(i);
    return shape;
  }
  throw outside(programs, refusals);
}

/** The error for shapes that no profile holds. What none of them would ever take is told as of an engine of one profile. */
function outside(programs: readonly Program[], refusals: readonly TrtxError[]): TrtxError {
  const [first] = refusals as [TrtxError, ...TrtxError[]];
  if (refusals.every(({ message }) => message === first.message)) return first;
  return new TrtxError('SHAPE_OUT_OF_PROFILE', 'no profile of the engine holds these shapes', {
    tensor: first.place.tensor!,
    details: refusals.map(
      ({ summary, place }, i) => `${quote(programs[i]!.profile)}: ${quote(place.tensor!)} ${summary}`,
    ),
    hint: 'build the engine with a profile for them',
  });
}

function checkRanks(plan: Plan, inputDims: readonly (readonly number[])[]): void {
  for (const [i, { name, shape }] of plan.inputs.entries()) {
    const rank = inputDims[i]!.length;
    if (rank !== shape.length) {
      throw mismatch('TENSOR_SHAPE', `has rank ${rank}, the engine wants ${shape.length}`, name);
    }
    // Without this, a NaN or a fraction would fail later and less clearly.
    if (!inputDims[i]!.every((dim) => Number.isSafeInteger(dim) && dim >= 0)) {
      throw mismatch('TENSOR_SHAPE', `[${inputDims[i]}] is no shape`, name);
    }
  }
}

/** The symbols' values in units of their `multipleOf`. */
function readSymbols(plan: Plan, inputDims: readonly (readonly number[])[]): number[] {
  return plan.symbols.map((symbol) => {
    if ('value' in symbol) return Number.NaN;
    const { name, input, axis, min, max } = symbol;
    const dim = inputDims[input]![axis]!;
    return unitsOf(symbol, dim, (range) =>
      mismatch(
        'SHAPE_OUT_OF_PROFILE',
        `dimension ${axis} (${name}) is ${dim}, built for ${range}`,
        plan.inputs[input]!.name,
        `build the engine for it: {${Math.min(dim, min)}..${Math.max(dim, max)}} there in --shapes, or in the profile`,
      ),
    );
  });
}

/** A size in units of the symbol's `multipleOf`. Throws what `outside` makes of the range where it is not in it. */
export function unitsOf(
  { min, max, multipleOf }: PlanSymbol,
  size: number,
  outside: (range: string) => TrtxError,
): number {
  if (size >= min && size <= max && size % multipleOf === 0) return size / multipleOf;
  throw outside(`${min}..${max}${multipleOf === 1 ? '' : ` in steps of ${multipleOf}`}`);
}

function checkDims({ name }: PlanTensor, got: readonly number[], want: readonly number[]): void {
  for (const [axis, dim] of got.entries()) {
    if (dim !== want[axis]) {
      throw mismatch('TENSOR_SHAPE', `dimension ${axis} of [${got}] is ${dim}, the engine wants ${want[axis]}`, name);
    }
  }
}

/** Those whose sizes are known. Throws `SHAPE_CONSTRAINT` or `SIZE_OVERFLOW`. */
export function checkConstraints(constraints: readonly PlanConstraint[], sizeOf: (size: Size) => number): void {
  for (const { a, b, node } of constraints) {
    const [left, right] = [sizeOf(a), sizeOf(b)];
    if (left !== right && !Number.isNaN(left + right)) {
      throw new TrtxError('SHAPE_CONSTRAINT', `two sizes have to be equal here, and are ${left} and ${right}`, {
        node,
        hint: 'a 1 that broadcasts has to be one in the profile',
      });
    }
  }
}

/** The same array as `before` where nothing is different. */
function fillParams(
  plan: Plan,
  values: readonly number[],
  before: Uint32Array<ArrayBuffer> | undefined,
): Uint32Array<ArrayBuffer> | undefined {
  const buffer = plan.buffers.find(({ kind }) => kind === 'params');
  if (!buffer) return undefined;
  const words = before?.slice() ?? new Uint32Array(buffer.bytes / 4);
  let isSame = before !== undefined;
  for (const [word, size] of plan.params) {
    const value = typeof size === 'number' ? size : values[size.expr]!;
    // Others are an error where a dispatch reads them.
    if (!(value >= MIN_WORD && value <= MAX_WORD) || words[word] === value >>> 0) continue;
    words[word] = value;
    isSame = false;
  }
  return isSame ? before : words;
}

function makeTape(
  { plan, ops }: Program,
  { start, end, params }: Segment,
  shape: BoundShape,
  maxWorkgroups: number,
): number[] {
  const { sizeOf } = shape;
  for (const i of params) {
    const [word, size] = plan.params[i]!;
    const value = shape.integerOf(size);
    if (value < MIN_WORD || value > MAX_WORD) {
      throw planInvalid(`parameter ${word} is ${value}, which 32 bits do not hold`);
    }
  }
  const tape: number[] = [];
  for (let i = start; i < end; i++) {
    const op = ops[i]!;
    if (isCopy(op)) {
      const bytes = sizeOf(op.bytes);
      checkCopy(plan, op, bytes);
      if (bytes > 0) tape.push(-1, bytes, 0, 0, 0, i);
      continue;
    }
    const counts = op.workgroups.map(sizeOf);
    if (counts.includes(0)) continue;
    const [x, y = 1, z = 1] = counts.length === 1 ? fold(counts[0]!, maxWorkgroups) : counts;
    if (Math.max(x!, y, z) > maxWorkgroups) {
      throw new TrtxError(
        'DISPATCH_TOO_LARGE',
        `${counts.join(' x ')} workgroups, the device has ${maxWorkgroups} a side`,
        {
          kernel: op.label,
          hint: 'build the engine for smaller shapes',
        },
      );
    }
    tape.push(op.pipeline, op.group, x!, y, z, i);
  }
  return tape;
}

/** A linear count as x times y, as even as it gets: fewer than y workgroups are too many. */
function fold(count: number, most: number): [number, number] {
  const y = Math.ceil(count / most);
  return [Math.ceil(count / y), y];
}

function checkCopy({ buffers }: Plan, { from, to }: CopyOp, bytes: number): void {
  if (bytes % 4 !== 0 || [from, to].some(({ buffer, offset }) => offset + bytes > buffers[buffer]!.bytes)) {
    throw planInvalid(`a copy of ${bytes} bytes leaves its buffer, or is no multiple of 4`);
  }
}

export function planInvalid(why: string, tensor?: string): TrtxError {
  return new TrtxError('ENGINE_INVALID', why, {
    ...(tensor && { tensor }),
    hint: 'build the engine again',
  });
}
