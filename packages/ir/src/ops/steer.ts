// Shapes that the run tells: what stands between the elements of a tensor and the sizes that follow from them.

import { bounds, type Dim, dimOf, product, Sym } from '../dim.ts';
import { asSymbol } from '../dim-visit.ts';
import { defineOp, type NodeView, type OpDef, type Told } from '../op.ts';
import { INDICES } from './types.ts';

/** No tensor is larger along an axis. */
const MOST = 2 ** 31 - 1;
/** More are data. */
const MAX_ELEMENTS = 64;

/** Symbols of the node's own for the elements, each from `min` to `max`. */
function symbols(at: NodeView, count: number, min: number, max: number): Dim[] {
  return Array.from({ length: count }, (_, i) => dimOf(new Sym(at.symbolName(`${i}`), min, max)));
}

const most = (dim: Dim) => Math.min(bounds(dim).max, MOST);

/** What is known of the elements beforehand, by the meaning that they have. */
const ELEMENTS: Readonly<Record<Told, (at: NodeView, count: number) => Dim[]>> = {
  sizes: (at, count) => symbols(at, count, 0, MOST),
  parts: (at, count) => symbols(at, count, 0, Math.max(0, ...at.need(1).values.map(most))),
  positions: (at, count) => symbols(at, count, -MOST - 1, MOST),
  target(at, count) {
    const elements = product(at.need(1).values);
    // Beside a 0 the other sizes may be anything.
    return symbols(at, count, 0, bounds(elements).min > 0 ? most(elements) : MOST);
  },
  broadcast(at, count) {
    const from = at.need(1).values;
    return symbols(at, count, 0, MOST).map((symbol, i) => {
      const own = from[i - count + from.length] ?? 1;
      if (own === 1) return symbol;
      return typeof own === 'number' ? own : dimOf(new Sym(at.symbolName(`${i}`), 0, most(own)));
    });
  },
};

/** The element, a symbol or a number, within what is known of it. */
function limited(at: NodeView, value: Dim, i: number): Dim {
  const [least, most] = [at.ints('least')?.[i], at.ints('most')?.[i]];
  if (least === undefined || most === undefined) return value;
  const { min, max } = bounds(value);
  if (Math.max(min, least) > Math.min(max, most))
    throw at.fail(`element ${i} from ${least} to ${most}, which may be ${min} to ${max}`);
  const symbol = asSymbol(value)?.symbol;
  return symbol ? dimOf(new Sym(symbol.name, Math.max(min, least), Math.min(max, most))) : value;
}

export const steerOps: readonly OpDef[] = [
  defineOp({
    domain: 'trtx',
    name: 'Steer',
    since: 1,
    summary: 'integers that steer shapes, as numbers that they stand for: known once they have been computed',
    inputs: [
      { name: 'input', types: INDICES },
      { name: 'data_shape', types: ['int64'], optional: true },
    ],
    outputs: [{ name: 'output' }],
    attributes: {
      told: {
        type: 'string',
        default: 'sizes',
        oneOf: Object.keys(ELEMENTS),
        doc: 'what they are: sizes, also of parts of an axis; positions; the target of a Reshape; what a shape is broadcast to',
      },
      allowzero: { type: 'int', default: 0, min: 0, max: 1, doc: "the Reshape's" },
      least: { type: 'ints', doc: 'what each of them is at least' },
      most: { type: 'ints', doc: 'what each of them is at most' },
    },
    trait: { kind: 'opaque' },
    tells: true,
    infer(at) {
      const { dtype, shape } = at.input(0);
      const known = at.contents(0);
      if (known) return [{ dtype, shape, contents: known }];
      const dims = shape.filter((dim) => typeof dim === 'number');
      const count = dims.reduce((n, dim) => n * dim, 1);
      if (dims.length < shape.length || count > MAX_ELEMENTS)
        throw at.fail(`[${shape}] integers that steer shapes`, `There may be ${MAX_ELEMENTS} of them at most.`);
      const values = ELEMENTS[at.string('told') as Told](at, count);
      return [{ dtype, shape, contents: { dims, values: values.map((value, i) => limited(at, value, i)) } }];
    },
  }),
];
