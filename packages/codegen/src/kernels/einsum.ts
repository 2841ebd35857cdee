// Einsum. Of two operands that share one axis to sum over and have one of the last result axes to themselves it is a matrix
// product; in general each element of the result is a sum in nested loops.

import { type Dim, type EinsumGeometry, einsumGeometry, product, sameDim, type Value } from '@trtx/ir';
import { defineKernel, type Problem } from '../kernel.ts';
import { computeOf } from '../storage.ts';
import { rounds } from '../target.ts';
import { typical } from '../typical.ts';
import type { Ix } from '../wgsl/ix.ts';
import { Position } from '../wgsl/position.ts';
import { literal, printBinary } from '../wgsl/scalar.ts';
import { emitResult } from './elements.ts';
import { defineProduct, type Product } from './product.ts';

export const einsumDirect = defineKernel<null>({
  id: 'einsum.direct',
  version: 1,
  summary: 'Einsum: a sum of products in nested loops, one output element an invocation',
  ops: ['Einsum'],
  ownsWords: true,
  applies: () => true,
  params: () => [null],
  cost({ group, target }) {
    const { sizes, operands, summed } = einsumGeometry(group.anchor!.view());
    const threads = typical(product(group.accumulated.type.shape));
    const depth = typical(product(summed.map((label) => sizes[label]!)));
    return rounds(target, threads) * depth * (operands.length + 1);
  },
  emit(e, { group }) {
    const { shader } = e;
    const node = group.anchor!;
    const g = einsumGeometry(node.view());
    const { dtype, shape } = group.accumulated.type;
    return emitResult(e, shape, (position) => {
      const places: Ix[] = [];
      position.coords(shader).forEach((coord, i) => {
        places[g.output[i]!] = coord;
      });
      const sum = shader.name('sum');
      shader.line(`var ${sum} = ${literal(shader, 0, computeOf(dtype))};`);
      const loop = (i: number): void => {
        const label = g.summed[i];
        if (label !== undefined) {
          shader.loop(e.size(g.sizes[label]!), 'k', (k) => {
            places[label] = k;
            loop(i + 1);
          });
          return;
        }
        const factors = g.operands.map((labels, operand) => {
          const value = node.inputs[operand]!;
          const at = labels.map((own, axis) => (value.type.shape[axis] === 1 ? 0 : places[own]!));
          return shader.let(e.read(value, Position.at(value.type.shape, at)));
        });
        const term = factors.reduce((a, b) => printBinary(shader, 'mul', a, b, dtype));
        shader.line(`${sum} = ${printBinary(shader, 'add', sum, shader.let(term), dtype)};`);
      };
      loop(0);
      return sum;
    });
  },
});

export const einsumProduct = defineProduct({
  op: 'Einsum',
  id: 'einsum.product',
  summary: 'Einsum of two operands as a matrix product, a tile of registers a thread, operands read from memory',
  product: productOf,
});

function productOf({ group }: Problem): Product | undefined {
  const node = group.anchor!;
  const g = einsumGeometry(node.view());
  if (node.inputs.length !== 2) return undefined;
  const [first, second] = node.inputs.map((value, i) => ({ value: value!, labels: g.operands[i]! }));
  return asProduct(g, first!, second!) ?? asProduct(g, second!, first!);
}

interface Factor {
  readonly value: Value;
  readonly labels: readonly number[];
}

function asProduct(g: EinsumGeometry, a: Factor, b: Factor): Product | undefined {
  const [k, ...otherSums] = g.summed;
  const [n, ...otherColumns] = g.output.filter((label) => !a.labels.includes(label));
  if (k === undefined || n === undefined || otherSums.length + otherColumns.length > 0) return undefined;
  if (!isWhole(g, a, k) || !isWhole(g, b, k) || !isWhole(g, b, n)) return undefined;
  const repeats = ({ labels }: Factor) => new Set(labels).size < labels.length;
  if (repeats(a) || repeats(b)) return undefined;
  const batch = g.output.filter((label) => a.labels.includes(label) && b.labels.includes(label));
  const rows = g.output.filter((label) => !b.labels.includes(label));
  const dims = (labels: readonly number[]): Dim[] => labels.map((label) => g.sizes[label]!);
  /** Coordinates of an operand or the output, from places of labels. */
  const coords = (labels: readonly number[], shape: readonly Dim[], places: ReadonlyMap<number, Ix>) =>
    labels.map((label, axis) => (shape[axis] === 1 && g.sizes[label] !== 1 ? 0 : places.get(label)!));
  const placed = (...pairs: (readonly [readonly number[], readonly Ix[]])[]) =>
    new Map(pairs.flatMap(([labels, at]) => labels.map((label, i) => [label, at[i]!] as const)));
  return {
    a: a.value,
    b: b.value,
    batch: dims(batch),
    rows: dims(rows),
    n: g.sizes[n]!,
    k: g.sizes[k]!,
    alpha: 1,
    atA: (at, row, step) => coords(a.labels, a.value.type.shape, placed([batch, at], [rows, row], [[k], [step]])),
    atB: (at, step, column) =>
      coords(b.labels, b.value.type.shape, placed([batch, at], [[k], [step]], [[n], [column]])),
    atOutput: (at, row, column) => coords(g.output, dims(g.output), placed([batch, at], [rows, row], [[n], [column]])),
  };
}

/** True where an operand has an axis for a label and does not broadcast it. */
function isWhole(g: EinsumGeometry, { value, labels }: Factor, label: number): boolean {
  const axis = labels.indexOf(label);
  return axis >= 0 && sameDim(value.type.shape[axis]!, g.sizes[label]!);
}
