// Optimization profiles: exact sizes or ranges for the dynamic dimensions of the graph's inputs, put into the graph.

import { quote, TrtxError } from '@trtx/errors';
import { type Dim, dimOf, mul, printRange, Sym } from './dim.ts';
import { asSymbol, substitute } from './dim-visit.ts';
import { isContainer } from './dtype.ts';
import type { Graph, Value } from './graph.ts';
import type { TensorType } from './tensor.ts';

/** Sizes from `min` to `max` (inclusive) that are multiples of `multipleOf`; 1 by default. */
export interface DimRange {
  readonly min: number;
  /** The size that most runs have, which kernels are chosen for; by default the geometric middle of the range. */
  readonly opt?: number;
  readonly max: number;
  readonly multipleOf?: number;
}

/** One entry for each axis of the input: an exact size, a range, or null to leave the axis as it is. */
export type InputProfile = readonly (number | DimRange | null)[];

/** By input name. Inputs that are not named keep their shapes, but for symbols that they share with those named. */
export type Profile = Readonly<Record<string, InputProfile>>;

/**
 * Gives the graph's inputs the sizes and ranges of the profile and infers all types anew. A symbol that takes multiples
 * of m becomes m·s for a symbol s in units of m, so that what divides by m simplifies exactly; a symbol that several
 * inputs share stays one. To be done before passes: what they simplified holds only for the bounds that they saw.
 *
 * @returns the graph, changed in place. Where inference fails, the graph is left as it was.
 * @throws TrtxError PROFILE (unknown input, wrong rank, a size that is not in range, two sizes for one symbol), and as
 *   `inferNode` where the model cannot take such shapes
 */
export function specialize(graph: Graph, profile: Profile): Graph {
  const inputs = new Map(graph.inputs.map((input) => [input.name, input]));
  const chosen = new Map<string, Choice>();
  for (const [name, axes] of Object.entries(profile)) {
    const input = inputs.get(name);
    if (!input)
      throw new TrtxError('PROFILE', `the model has no input ${quote(name)}`, {
        hint: `Its inputs are ${graph.inputs.map((i) => quote(i.name)).join(', ') || 'none'}.`,
      });
    // What is in a sequence or optional has the sizes that the run gives.
    if (isContainer(input.type.dtype)) continue;
    const { shape } = input.type;
    if (axes.length !== shape.length)
      throw fail(input, `the profile has ${axes.length} axes where the input has ${shape.length}: [${shape}]`);
    axes.forEach((axis, i) => {
      if (axis !== null) choose(chosen, input, i, axis);
    });
  }
  const before = graph.inputs.map((input) => input.type);
  for (const input of graph.inputs) {
    const shape = input.type.shape.map((dim) => substitute(dim, (symbol) => chosen.get(symbol.name)?.value));
    input.setType({ ...input.type, shape });
  }
  reinferOrRestore(graph, before);
  return graph;
}

interface Choice {
  readonly value: Dim;
  readonly where: string;
}

function choose(chosen: Map<string, Choice>, input: Value, axis: number, wanted: number | DimRange): void {
  const dim = input.type.shape[axis]!;
  const at = `axis ${axis}`;
  checkRange(input, at, wanted);
  const range = typeof wanted === 'number' ? { min: wanted, max: wanted, multipleOf: 1 } : wanted;
  if (typeof dim === 'number') {
    if (range.min === dim && range.max === dim) return;
    throw fail(input, `${at} is ${dim} in the model, the profile has ${printAxis(wanted)}`, 'The model fixes it.');
  }
  const scaled = asSymbol(dim);
  if (!scaled) throw fail(input, `${at} is ${dim}, which a profile cannot set`);
  const value = narrow(input, at, scaled.symbol, scaled.factor, range);
  const { name } = scaled.symbol;
  const seen = chosen.get(name);
  if (seen && !agree(seen.value, value))
    throw fail(input, `${at} (${name}) gets ${describe(value)}, and ${describe(seen.value)} in ${seen.where}`);
  if (seen && optOf(value) === undefined) return;
  chosen.set(name, { value, where: `axis ${axis} of ${quote(input.name)}` });
}

/** The symbol's new value, where factor·symbol is to be in the range. */
function narrow(input: Value, at: string, symbol: Sym, factor: number, range: DimRange): Dim {
  const step = lcm(factor, range.multipleOf ?? 1);
  const unit = step / factor;
  const min = Math.ceil(range.min / step);
  const max = Math.floor(range.max / step);
  if (min > max) {
    const size = range.min === range.max ? `${range.min} is` : `no size from ${range.min} to ${range.max} is`;
    throw fail(input, `${at}: ${size} a multiple of ${step}`);
  }
  if (min * unit < symbol.min || max * unit > symbol.max)
    throw fail(
      input,
      `${at} may be ${symbol.min * factor} to ${symbol.max * factor}, the profile has ${printAxis(range)}`,
      'Bounds can only be narrowed.',
    );
  if (min === max) return min * unit;
  const opt = range.opt === undefined ? undefined : range.opt / step;
  if (opt !== undefined && !Number.isInteger(opt))
    throw fail(input, `${at}: the typical size, ${range.opt}, is no multiple of ${step}`);
  const name = unit === 1 ? symbol.name : `${symbol.name}/${unit}`;
  return mul(dimOf(new Sym(name, min, max, undefined, opt)), unit);
}

/** True for the same range; a typical size may be told in one place alone. */
function agree(a: Dim, b: Dim): boolean {
  const opts = new Set([optOf(a), optOf(b)].filter((opt) => opt !== undefined));
  return describe(a, false) === describe(b, false) && opts.size < 2;
}

function optOf(dim: Dim): number | undefined {
  return asSymbol(dim)?.symbol.opt;
}

function describe(dim: Dim, withOpt = true): string {
  const scaled = asSymbol(dim);
  if (!scaled) return String(dim);
  const { min, max, opt } = scaled.symbol;
  const { factor } = scaled;
  const typical = withOpt && opt !== undefined ? { opt: opt * factor } : {};
  return printAxis({ min: min * factor, max: max * factor, multipleOf: factor, ...typical });
}

function checkRange(input: Value, at: string, wanted: number | DimRange): void {
  const range: DimRange = typeof wanted === 'number' ? { min: wanted, max: wanted } : wanted;
  const { min, max, opt = min, multipleOf = 1 } = range;
  for (const size of [min, opt, max])
    if (!Number.isSafeInteger(size) || size < 0 || size >= 2 ** 31)
      throw fail(input, `${at}: ${size} is no size`, 'Sizes are whole numbers from 0 to 2147483647.');
  if (!Number.isSafeInteger(multipleOf) || multipleOf < 1) throw fail(input, `${at}: multiples of ${multipleOf}`);
  if (min > max) throw fail(input, `${at}: the smallest size, ${min}, is above the largest, ${max}`);
  if (opt < min || opt > max) throw fail(input, `${at}: the typical size, ${opt}, is not from ${min} to ${max}`);
}

function reinferOrRestore(graph: Graph, before: readonly TensorType[]): void {
  try {
    graph.reinfer();
  } catch (error) {
    graph.inputs.forEach((input, i) => {
      input.setType(before[i]!);
    });
    graph.reinfer();
    throw error;
  }
}

function fail(input: Value, message: string, hint?: string): TrtxError {
  return new TrtxError('PROFILE', message, { tensor: input.name, hint });
}

/**
 * A profile from command line arguments such as `x:1x3x224x224` and `x:1x3x{32..960:32}x{32..960:32}`: an input's name,
 * a colon, and its axes with an x between them. `{1..8..64}` tells the typical size between the ends. `?` leaves an axis as
 * it is. One argument may have several inputs, with commas between them.
 *
 * @throws TrtxError PROFILE that quotes what could not be read
 */
export function parseProfile(args: string | readonly string[]): Profile {
  const profile: Record<string, InputProfile> = Object.create(null);
  for (const text of [args].flat().flatMap((arg) => splitOutsideBraces(arg, ','))) {
    const pieces = splitOutsideBraces(text, ':');
    const axes = pieces.pop()!;
    const name = pieces.join(':').trim();
    if (pieces.length === 0 || name === '')
      throw new TrtxError('PROFILE', `cannot read the shape ${quote(JSON.stringify(text))}: it names no input`, {
        hint: SYNTAX,
      });
    if (name in profile) throw new TrtxError('PROFILE', 'two shapes for one input', { tensor: name });
    profile[name] = axes.trim() === '' ? [] : splitOutsideBraces(axes, 'x').map((axis) => parseAxis(axis.trim(), name));
  }
  return profile;
}

/** The profile as `parseProfile` reads it, one argument for each input. */
export function printProfile(profile: Profile): string[] {
  return Object.entries(profile).map(([name, axes]) => `${name}:${axes.map(printAxis).join('x')}`);
}

const SYNTAX = 'Write name:1x3x224x224, or name:1x3x{32..960:32}x{32..960:32} for a range of multiples of 32.';

function parseAxis(text: string, tensor: string): number | DimRange | null {
  if (text === '?') return null;
  if (/^\d+$/.test(text)) return Number(text);
  const range = /^\{\s*(\d+)\s*\.\.(?:\s*(\d+)\s*\.\.)?\s*(\d+)\s*(?::\s*(\d+)\s*)?\}$/.exec(text);
  if (!range)
    throw new TrtxError('PROFILE', `${quote(JSON.stringify(text))} is no size and no range`, { tensor, hint: SYNTAX });
  const [min, opt, max, multipleOf] = range.slice(1).map((part) => (part === undefined ? undefined : Number(part)));
  return checkedRange(text, tensor, { min: min!, opt, max: max!, multipleOf });
}

function checkedRange(text: string, tensor: string, range: DimRange): DimRange {
  const { min, opt, max, multipleOf } = range;
  if (min > max) throw new TrtxError('PROFILE', `the range ${text} ends before it begins`, { tensor });
  if (multipleOf === 0) throw new TrtxError('PROFILE', `${text} asks for multiples of 0`, { tensor });
  if (opt !== undefined && (opt < min || opt > max))
    throw new TrtxError('PROFILE', `the typical size of ${text} is not in the range`, { tensor });
  return { min, ...(opt === undefined ? {} : { opt }), max, ...(multipleOf === undefined ? {} : { multipleOf }) };
}

function printAxis(axis: number | DimRange | null): string {
  if (axis === null) return '?';
  if (typeof axis === 'number') return String(axis);
  const { min, opt, max, multipleOf = 1 } = axis;
  return `{${printRange({ min, opt, max })}${multipleOf === 1 ? '' : `:${multipleOf}`}}`;
}

/** Pieces of the text between separators that are not inside braces. */
function splitOutsideBraces(text: string, separator: string): string[] {
  const pieces = [''];
  let depth = 0;
  for (const c of text) {
    if (c === '{') depth++;
    if (c === '}') depth--;
    if (c === separator && depth <= 0) pieces.push('');
    else pieces[pieces.length - 1] += c;
  }
  return pieces;
}

function lcm(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y) [x, y] = [y, x % y];
  return (a / x) * b;
}
