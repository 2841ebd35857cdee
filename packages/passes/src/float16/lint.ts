// The range lint: what a graph would lose in float16, told before it is converted.

import {
  type Constant,
  codecOf,
  elementCount,
  elementsOf,
  toFloat16 as encode,
  type Graph,
  type Node,
  type Value,
} from '@trtx/ir';
import { splatOf } from '../match.ts';
import { LARGEST, SMALLEST, SMALLEST_NORMAL, shortest } from './constants.ts';

export interface Float16Finding {
  /**
   * `overflow`: a constant past ±65,504; `underflow`: a constant of which elements become 0; `epsilon`: a small number that
   * is added or compared, and vanishes; `range`: a tensor that was observed past ±65,504.
   */
  readonly kind: 'overflow' | 'underflow' | 'epsilon' | 'range';
  readonly tensor: string;
  /** Names of nodes that read the tensor, or compute it. */
  readonly nodes: readonly string[];
  readonly message: string;
  /** How many of its elements are concerned. */
  readonly count: number;
}

/** The smallest and largest element of a tensor, as calibration or a run showed it. */
export interface ObservedRange {
  readonly min: number;
  readonly max: number;
}

const INFINITE = 0x7c00;
const WIDER: ReadonlySet<string> = new Set(['float32', 'float64', 'bfloat16']);

/** What the graph, and the bodies in it, would lose in float16. `ranges` are of tensors, by name. */
export function lintFloat16(
  graph: Graph,
  { ranges = new Map() }: { readonly ranges?: ReadonlyMap<string, ObservedRange> } = {},
): Float16Finding[] {
  const findings: Float16Finding[] = [];
  for (const each of graph.withBodies()) {
    for (const value of each.constants()) if (WIDER.has(value.type.dtype)) findings.push(...ofConstant(value));
    for (const node of each.nodes) findings.push(...ofEpsilon(node));
    for (const value of [...each.inputs, ...[...each.nodes].flatMap(({ outputs }) => outputs)]) {
      const range = ranges.get(value.name);
      if (range && WIDER.has(value.type.dtype)) findings.push(...ofRange(value, range));
    }
  }
  return findings;
}

function ofConstant(value: Value): Float16Finding[] {
  const nodes = [...value.users.keys()].map(({ name }) => name);
  const finding = (kind: Float16Finding['kind'], message: string, count: number) => [
    { kind, tensor: value.name, nodes, message, count },
  ];
  const number = splatOf(value);
  if (number && Math.abs(number) < SMALLEST_NORMAL) {
    const what = vanishes(number) ? 'is 0 in float16' : 'loses digits in float16';
    return finding('epsilon', `${shortest(number)} ${what}`, elementCount(value.constant!.dims));
  }
  const { beyond, furthest, gone, count } = lossesOf(value.constant!);
  return [
    ...(beyond > 0 ? finding('overflow', `${shortest(furthest)} is past ±${LARGEST}`, beyond) : []),
    ...(gone > 0 ? finding('underflow', `${gone} of ${count} elements are 0 in float16`, gone) : []),
  ];
}

/** How many elements are too large, the largest of them, and how many are too small. */
function lossesOf(constant: Constant) {
  const elements = elementsOf(constant) as ArrayLike<number>;
  const decode = codecOf(constant.dtype)?.decode;
  let [beyond, furthest, gone] = [0, 0, 0];
  for (let i = 0; i < elements.length; i++) {
    const value = decode ? decode(elements[i]!) : elements[i]!;
    const size = Math.abs(value);
    // Nearly all are neither, which takes no rounding to tell.
    if (size <= LARGEST && size >= SMALLEST) continue;
    if (overflows(value)) {
      beyond++;
      if (size > Math.abs(furthest)) furthest = value;
    } else if (vanishes(value)) gone++;
  }
  return { beyond, furthest, gone, count: elements.length };
}

/** An epsilon that the op has as an attribute. */
function ofEpsilon(node: Node): Float16Finding[] {
  if (node.op.attributes.epsilon?.type !== 'float') return [];
  const epsilon = node.view().float('epsilon');
  if (!vanishes(epsilon)) return [];
  const tensor = node.output.name;
  return [
    {
      kind: 'epsilon',
      tensor,
      nodes: [node.name],
      message: `an epsilon of ${shortest(epsilon)} is 0 in float16`,
      count: 1,
    },
  ];
}

function ofRange(value: Value, { min, max }: ObservedRange): Float16Finding[] {
  if (!overflows(min) && !overflows(max)) return [];
  const nodes = value.producer ? [value.producer.name] : [];
  const message = `from ${shortest(min)} to ${shortest(max)} is past ±${LARGEST}`;
  return [{ kind: 'range', tensor: value.name, nodes, message, count: 1 }];
}

function overflows(value: number): boolean {
  return Number.isFinite(value) && (encode(value) & 0x7fff) === INFINITE;
}

function vanishes(value: number): boolean {
  return value !== 0 && (encode(value) & 0x7fff) === 0;
}
