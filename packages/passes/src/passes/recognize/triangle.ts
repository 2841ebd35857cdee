// Triangles: tensors of two numbers, one up to a diagonal of their last two axes and one past it. This is what causal masks
// are, however they are computed: from a Trilu, from comparisons of positions, or by slicing a constant; the numbers go
// through any pointwise op as they are.

import { add, type Dim, elementCount, type Node, numbersOf, sameDim, sub, traitOf, type Value } from '@trtx/ir';
import { evaluateNode, fromFloat64, standardKernels, toFloat64 } from '@trtx/reference';
import { float64Of } from '../../match.ts';
import { difference, type Line, lineOf } from './line.ts';

/** The element of row i and column j is `inside` where j ≤ i + offset, and `outside` elsewhere. */
export interface Triangle {
  readonly inside: number;
  readonly outside: number;
  readonly offset: Dim;
}

/** How far producers are followed, and how large constants are looked at. */
const MAX_DEPTH = 16;
const MAX_ELEMENTS = 2 ** 21;

/** What a tensor is everywhere, or its triangle; bools are 0 and 1. Undefined for other tensors. */
export function triangleOf(value: Value | null | undefined, depth = 0): number | Triangle | undefined {
  if (!value || depth > MAX_DEPTH) return undefined;
  if (value.constant) return listed(value);
  const node = value.producer;
  if (node?.op.domain !== '' || value !== node.outputs[0]) return undefined;
  const own = OWN[node.op.name];
  if (own) return own(node, depth + 1);
  return traitOf(node.op, node.view()).kind === 'pointwise' ? pointwise(node, depth + 1) : undefined;
}

type Rule = (node: Node, depth: number) => number | Triangle | undefined;

const OWN: Readonly<Record<string, Rule>> = {
  Trilu: trilu,
  Reshape: withUnits,
  Unsqueeze: withUnits,
  Squeeze: withUnits,
  Expand: withUnits,
  Slice: sliced,
  ConstantOfShape: (node) => {
    const fill = node.view().tensor('value');
    return fill ? numbersOf(fill)[0] : 0;
  },
  LessOrEqual: (node) => sign(node, 0, 1),
  Less: (node) => sign(node, -1, 1),
  GreaterOrEqual: (node) => sign(node, -1, 0),
  Greater: (node) => sign(node, 0, 0),
};

/** Elements of a constant, the same in all matrices of it. */
function listed({ constant }: Value): number | Triangle | undefined {
  const { dims, dtype } = constant!;
  const count = elementCount(dims);
  if (dtype === 'string' || count === 0 || count > MAX_ELEMENTS) return undefined;
  const values = float64Of(constant!);
  const inside = values[0]!;
  const change = values.findIndex((value) => !Object.is(value, inside));
  if (change < 0) return inside;
  const [rows, columns] = [dims.at(-2) ?? 1, dims.at(-1)!];
  // In the first row that has both numbers.
  const row = Math.floor(change / columns);
  const offset = change % columns === 0 ? undefined : (change % columns) - 1 - row;
  return offset === undefined || row >= rows
    ? undefined
    : checked({ inside, outside: values[change]!, offset }, values, rows, columns);
}

function checked(
  triangle: Triangle & { readonly offset: number },
  values: Float64Array,
  rows: number,
  columns: number,
): Triangle | undefined {
  const { inside, outside, offset } = triangle;
  const fits = (value: number, at: number) => {
    const [row, column] = [Math.floor(at / columns) % rows, at % columns];
    return Object.is(value, column <= row + offset ? inside : outside);
  };
  return values.every(fits) ? triangle : undefined;
}

function trilu(node: Node, depth: number): number | Triangle | undefined {
  const kept = triangleOf(node.inputs[0], depth);
  const k = node.inputs[1] ? node.inputs[1].contents?.values[0] : 0;
  if (typeof kept !== 'number' || k === undefined) return undefined;
  // The upper triangle begins with the k-th diagonal, the lower one ends with it.
  return node.view().int('upper')
    ? { inside: 0, outside: kept, offset: sub(k, 1) }
    : { inside: kept, outside: 0, offset: k };
}

/** What leaves the matrices as they are: axes before them, of size 1 or repeated. One number may be repeated along any axis. */
function withUnits(node: Node, depth: number): number | Triangle | undefined {
  const found = triangleOf(node.inputs[0], depth);
  if (found === undefined || typeof found === 'number') return found;
  const [before, after] = [node.inputs[0]!.type.shape, node.output.type.shape];
  const keeps = before.length > 1 && [1, 2].every((end) => sameDim(before.at(-end)!, after.at(-end) ?? 1));
  return keeps ? found : undefined;
}

/** Rows and columns from a start on. */
function sliced(node: Node, depth: number): number | Triangle | undefined {
  const found = triangleOf(node.inputs[0], depth);
  if (found === undefined || typeof found === 'number') return found;
  const rank = node.output.type.shape.length;
  const [starts, axes, steps] = [1, 3, 4].map((index) => node.inputs[index]?.contents?.values);
  if (!starts || steps?.some((step) => step !== 1)) return undefined;
  let offset = found.offset;
  for (const [i, start] of starts.entries()) {
    const axis = axes ? axes[i] : i;
    // Negative starts count from the end.
    if (typeof axis !== 'number' || (typeof start === 'number' && start < 0)) return undefined;
    const fromEnd = axis < 0 ? -axis : rank - axis;
    if (fromEnd === 1) offset = sub(offset, start);
    if (fromEnd === 2) offset = add(offset, start);
  }
  return { ...found, offset };
}

/** A comparison of two lines: what it is where their difference is at most `most`; the opposite elsewhere. */
function sign(node: Node, most: number, below: 0 | 1): Triangle | undefined {
  const line = difference(lineOf(node.inputs[0]), lineOf(node.inputs[1]));
  return line && atMost(line, most, below);
}

function atMost({ row, column, offset }: Line, most: number, below: 0 | 1): Triangle | undefined {
  // j − i + offset ≤ most where j ≤ i + most − offset; i − j + offset > most where j ≤ i + offset − most − 1.
  if (column === 1 && row === -1) return { inside: below, outside: 1 - below, offset: sub(most, offset) };
  if (column === -1 && row === 1) return { inside: 1 - below, outside: below, offset: sub(offset, most + 1) };
  return undefined;
}

/** A pointwise op of numbers and triangles with one diagonal: what it makes of the numbers. */
function pointwise(node: Node, depth: number): number | Triangle | undefined {
  if (node.outputs.length !== 1 || node.output.type.dtype === 'string') return undefined;
  const inputs = node.inputs.map((input) => triangleOf(input, depth));
  if (inputs.includes(undefined)) return undefined;
  const triangles = inputs.filter((input): input is Triangle => typeof input === 'object');
  const [one] = triangles;
  if (!triangles.every(({ offset }) => sameDim(offset, one!.offset))) return undefined;
  // Matrices that broadcast are not of one place.
  const matrix = (value: Value) => [1, 2].map((end) => value.type.shape.at(-end) ?? 1);
  const [columns, rows] = matrix(node.output) as [Dim, Dim];
  const isWhole = (input: Value) => sameDim(matrix(input)[0]!, columns) && sameDim(matrix(input)[1]!, rows);
  if (!node.inputs.every((input, i) => typeof inputs[i] === 'number' || isWhole(input!))) return undefined;
  const at = (side: 'inside' | 'outside') =>
    elementOf(
      node,
      inputs.map((input) => (typeof input === 'object' ? input[side] : input!)),
    );
  return one ? { inside: at('inside'), outside: at('outside'), offset: one.offset } : at('inside');
}

/** The element that a pointwise node makes of these. */
function elementOf(node: Node, numbers: readonly number[]): number {
  const tensors = numbers.map((value, i) => fromFloat64(node.inputs[i]!.type.dtype, [1], Float64Array.of(value)));
  return toFloat64(evaluateNode(node, tensors, standardKernels)[0]!)[0]!;
}
