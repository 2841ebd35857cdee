// Lines: integers that grow evenly along the last two axes of a tensor, as numbers of rows and columns do.

import { add, type Dim, isInteger, mul, type Node, sameDim, sub, type Value } from '@trtx/ir';

/** The element of row i and column j is row · i + column · j + offset. */
export interface Line {
  readonly row: number;
  readonly column: number;
  readonly offset: Dim;
}

/** How far producers are followed. */
const MAX_DEPTH = 16;

/** What line a tensor of integers is; undefined for other tensors. */
export function lineOf(value: Value | null | undefined, depth = 0): Line | undefined {
  if (!value || depth > MAX_DEPTH || !isInteger(value.type.dtype)) return undefined;
  const known = listed(value);
  if (known) return known;
  const node = value.producer;
  if (node?.op.domain !== '') return undefined;
  return OWN[node.op.name]?.(node, depth + 1);
}

type Rule = (node: Node, depth: number) => Line | undefined;

const OWN: Readonly<Record<string, Rule>> = {
  Range(node) {
    const [start, , delta] = node.inputs.map((input) => input?.contents?.values[0]);
    return start !== undefined && delta === 1 ? { row: 0, column: 1, offset: start } : undefined;
  },
  Add: (node, depth) => sum(lineOf(node.inputs[0], depth), lineOf(node.inputs[1], depth), 1),
  Sub: (node, depth) => difference(lineOf(node.inputs[0], depth), lineOf(node.inputs[1], depth)),
  Cast: (node, depth) => lineOf(node.inputs[0], depth),
  Expand: (node, depth) => {
    const line = lineOf(node.inputs[0], depth);
    const [before, after] = [node.inputs[0]!.type.shape, node.output.type.shape];
    // An axis that is repeated no longer counts.
    const keeps = (fromEnd: number, factor: number) =>
      factor === 0 || sameDim(before.at(-fromEnd) ?? 1, after.at(-fromEnd) ?? 1);
    return line && keeps(1, line.column) && keeps(2, line.row) ? line : undefined;
  },
  Reshape: placed,
  Unsqueeze: placed,
  Squeeze: placed,
};

/** What is known element by element. */
function listed({ contents }: Value): Line | undefined {
  if (!contents || contents.values.length === 0) return undefined;
  const { dims, values } = contents;
  const [rows, columns] = [dims.at(-2) ?? 1, dims.at(-1) ?? 1];
  if (values.length !== rows * columns) return undefined;
  const offset = values[0]!;
  const step = (at: number, count: number) => {
    const by = count > 1 ? sub(values[at]!, offset) : 0;
    return typeof by === 'number' ? by : undefined;
  };
  const [row, column] = [step(columns, rows), step(1, columns)];
  if (row === undefined || column === undefined) return undefined;
  const fits = (value: Dim, at: number) =>
    sameDim(value, add(offset, row * Math.floor(at / columns) + column * (at % columns)));
  return values.every(fits) ? { row, column, offset } : undefined;
}

/** A Reshape that only adds or takes away axes of size 1: one axis of it may become the other. */
function placed(node: Node, depth: number): Line | undefined {
  const line = lineOf(node.inputs[0], depth);
  if (!line) return undefined;
  const [before, after] = [longAxes(node.inputs[0]!), longAxes(node.output)];
  if (before.length > 2 || before.length !== after.length) return undefined;
  if (!before.every(({ dim }, i) => sameDim(dim, after[i]!.dim))) return undefined;
  const moved = { row: 0, column: 0 };
  for (const [i, { fromEnd }] of before.entries()) {
    const factor = fromEnd === 1 ? line.column : line.row;
    const to = after[i]!.fromEnd;
    if (fromEnd > 2 || to > 2) return undefined;
    moved[to === 1 ? 'column' : 'row'] = factor;
  }
  return { ...moved, offset: line.offset };
}

function longAxes({ type: { shape } }: Value): { dim: Dim; fromEnd: number }[] {
  return shape.map((dim, axis) => ({ dim, fromEnd: shape.length - axis })).filter(({ dim }) => dim !== 1);
}

function sum(a: Line | undefined, b: Line | undefined, sign: 1 | -1): Line | undefined {
  if (!a || !b) return undefined;
  return {
    row: a.row + sign * b.row,
    column: a.column + sign * b.column,
    offset: add(a.offset, mul(b.offset, sign)),
  };
}

/** a − b. */
export function difference(a: Line | undefined, b: Line | undefined): Line | undefined {
  return sum(a, b, -1);
}
