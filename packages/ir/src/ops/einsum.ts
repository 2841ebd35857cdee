// Einstein summation: products of operands, summed over the axes that the output lacks.

import { bounds, type Dim, mul, product } from '../dim.ts';
import { productOf, sumOf } from '../interval.ts';
import { defineOp, type NodeView, type OpDef } from '../op.ts';
import { NUMBERS } from './types.ts';

/** An Einsum, as kernels read it. Labels are numbers. */
export interface EinsumGeometry {
  /** The size of each label. */
  readonly sizes: readonly Dim[];
  /** The label of each axis of each operand. One may stand twice in an operand: its diagonal is meant. */
  readonly operands: readonly (readonly number[])[];
  /** The label of each axis of the output. */
  readonly output: readonly number[];
  /** Labels that are summed over. */
  readonly summed: readonly number[];
}

/** Reads the equation: letters are axes, `...` all that are not told, as in NumPy. Axes of size 1 broadcast. */
export function einsumGeometry(at: NodeView): EinsumGeometry {
  const equation = at.string('equation').replaceAll(' ', '');
  const [left, right, ...more] = equation.split('->') as [string, string?, ...string[]];
  const terms = left.split(',');
  if (more.length > 0 || terms.length !== at.inputs.length)
    throw at.fail(`the equation ${equation} for ${at.inputs.length} operands`);
  const named = terms.map((term, i) => labelsOf(at, term, at.input(i).shape.length));
  const wide = Math.max(0, ...named.map((labels) => labels.filter((label) => label.startsWith('.')).length));
  const output = right === undefined ? implicitOutput(named, wide) : spelled(at, right, ellipsis(wide));
  const names = [...new Set([...output, ...named.flat()])];
  const unknown = output.find((label) => !named.flat().includes(label));
  if (unknown !== undefined || new Set(output).size !== output.length)
    throw at.fail(`the output of the equation ${equation}`, 'It has each letter once, and only letters of operands.');
  const sizes = names.map((name) => sizeOf(at, named, name));
  const indices = (labels: readonly string[]) => labels.map((label) => names.indexOf(label));
  return {
    sizes,
    operands: named.map(indices),
    output: indices(output),
    summed: names.map((_, i) => i).slice(output.length),
  };
}

/** Labels of the axes that `...` stands for: the last has 0, so that operands with fewer line up at the end. */
const ellipsis = (count: number) => Array.from({ length: count }, (_, i) => `.${count - 1 - i}`);

function labelsOf(at: NodeView, term: string, rank: number): string[] {
  const told = term.replace('...', '').length;
  const labels = spelled(at, term, ellipsis(term.includes('...') ? Math.max(rank - told, 0) : 0));
  if (labels.length !== rank) throw at.fail(`the term ${term || '(nothing)'} for an operand of rank ${rank}`);
  return labels;
}

function spelled(at: NodeView, term: string, dots: readonly string[]): string[] {
  const match = /^([A-Za-z]*)(\.\.\.)?([A-Za-z]*)$/.exec(term);
  if (!match) throw at.fail(`the term ${term} of the equation ${at.string('equation')}`);
  const [, before = '', middle, after = ''] = match;
  return [...before, ...(middle ? dots : []), ...after];
}

/** Without an arrow: what `...` stands for, then the letters that stand once, in the order of their codes. */
function implicitOutput(named: readonly (readonly string[])[], wide: number): string[] {
  const letters = named.flat().filter((label) => !label.startsWith('.'));
  const once = letters.filter((label) => letters.indexOf(label) === letters.lastIndexOf(label));
  return [...ellipsis(wide), ...once.sort((a, b) => a.charCodeAt(0) - b.charCodeAt(0))];
}

function sizeOf(at: NodeView, named: readonly (readonly string[])[], name: string): Dim {
  let size: Dim = 1;
  named.forEach((labels, operand) => {
    labels.forEach((label, axis) => {
      const own = at.input(operand).shape[axis]!;
      if (label === name && own !== 1) size = size === 1 ? own : at.equal(size, own);
    });
  });
  return size;
}

export const einsumOps: readonly OpDef[] = [
  defineOp({
    domain: '',
    name: 'Einsum',
    since: 12,
    summary: 'products of operands, summed over the axes that an equation leaves out of the output',
    inputs: [{ name: 'Inputs', types: NUMBERS, sameAs: 'T', variadic: true }],
    outputs: [{ name: 'Output' }],
    attributes: { equation: { type: 'string', required: true, doc: '`bij,bjk->bik`, as in NumPy' } },
    trait: { kind: 'contraction' },
    flops: (at) => mul(at.inputs.length, product(einsumGeometry(at).sizes)),
    range(at, of) {
      const { sizes, summed } = einsumGeometry(at);
      const { max } = bounds(product(summed.map((label) => sizes[label]!)));
      const terms = at.inputs.map((_, i) => of(i)).reduce(productOf);
      return [sumOf(terms, [0, max])];
    },
    infer(at) {
      const g = einsumGeometry(at);
      return [{ dtype: at.input(0).dtype, shape: g.output.map((label) => g.sizes[label]!) }];
    },
  }),
];
