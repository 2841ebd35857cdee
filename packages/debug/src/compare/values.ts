// Two ways to compute a model, compared at every tensor that both have: which depart, and where it begins.

import { quote, TrtxError } from '@trtx/errors';
import { type Graph, isComplex, isContainer, isFloat, type Tensor, type Tensors } from '@trtx/ir';
import { toFloat64 } from '@trtx/reference';
import { type Comparison, compareTensors, type Tolerance, toleranceOf } from '../compare-tensors.ts';
import type { Maker, Subject } from '../subject.ts';
import { type Contents, contentsOf, type Histograms, histogramsOf, sqnrOf } from './contents.ts';
import { firstDepartures } from './departures.ts';
import { placesIn } from './places.ts';

export interface CompareOptions extends Tolerance {
  /** The graph whose tensors are compared; it tells their order, and which comes of which. */
  readonly graph: Graph;
  /** Names of tensors; by default all that both have. */
  readonly wanted?: readonly string[];
}

/** A tensor of both: `actual` is a's. */
export interface TensorComparison extends Comparison {
  readonly dtype: Tensor['dtype'];
  /** Nodes of the source model that give it. */
  readonly nodes: readonly string[];
  readonly isOutput: boolean;
  /** Signal to noise in decibels, b being the signal; null where both are the same. */
  readonly sqnr: number | null;
  readonly a: Contents;
  readonly b: Contents;
  /** Of floating point tensors that are not empty. */
  readonly histograms?: Histograms;
  /** The dispatch that writes a's, or else b's. */
  readonly maker?: Maker;
}

/** A tensor of both that is of another shape or type in one, but for inner tensors of floats: these are numbers all the same. */
export interface Incomparable {
  readonly name: string;
  readonly reason: string;
  readonly isOutput: boolean;
}

export interface ValuesReport {
  readonly a: string;
  readonly b: string;
  readonly tolerance: Tolerance;
  /** All outputs could be compared, and no tensor departs. */
  readonly ok: boolean;
  /** In data order. */
  readonly tensors: readonly TensorComparison[];
  readonly incomparable: readonly Incomparable[];
  /**
   * Names of the tensors at which it begins, in data order: they depart, and of what they are computed from nothing that
   * was compared does.
   */
  readonly departures: readonly string[];
  /** How many tensors of the graph could not be compared since only one of both has them. */
  readonly onlyA: number;
  readonly onlyB: number;
}

/**
 * Runs both on the inputs and compares what they have in common, by name.
 * @throws TrtxError NOTHING_COMMON where that is nothing, TENSOR_UNKNOWN for a wanted tensor that neither has, and as the subjects
 */
export async function compareValues(
  a: Subject,
  b: Subject,
  inputs: Tensors,
  options: CompareOptions,
): Promise<ValuesReport> {
  const { graph, wanted } = options;
  const tolerance = toleranceOf(options);
  const [ofA, ofB] = [await a.values(inputs, wanted), await b.values(inputs, wanted)];
  const missing = wanted?.find((name) => !ofA.has(name) && !ofB.has(name));
  if (missing !== undefined)
    throw new TrtxError('TENSOR_UNKNOWN', `neither ${a.name} nor ${b.name} has this tensor`, {
      tensor: missing,
      hint: 'Name tensors of the model; what fusion keeps out of memory, an engine does not have.',
    });
  const places = placesIn(graph, [...ofA.keys()], inputs);
  const tensors: TensorComparison[] = [];
  const incomparable: Incomparable[] = [];
  for (const { name, nodes, isOutput } of places) {
    const [x, y] = [ofA.get(name), ofB.get(name)];
    if (!x || !y || (wanted && !wanted.includes(name))) continue;
    const reason = whyIncomparable(x, y, { a: a.name, b: b.name, isOutput });
    if (reason) incomparable.push({ name, reason, isOutput });
    else {
      const maker = a.makerOf?.(name) ?? b.makerOf?.(name);
      tensors.push({ ...compareOne(name, x, y, tolerance), nodes, isOutput, ...(maker ? { maker } : {}) });
    }
  }
  if (tensors.length + incomparable.length === 0) throw nothingCommon(a.name, b.name, graph);
  const inGraph = new Set(places.map(({ name }) => name));
  const onlyIn = (one: Tensors, other: Tensors) =>
    [...one.keys()].filter((name) => inGraph.has(name) && !other.has(name)).length;
  return {
    a: a.name,
    b: b.name,
    tolerance,
    ok: tensors.every(({ ok }) => ok) && !incomparable.some(({ isOutput }) => isOutput),
    tensors,
    incomparable,
    departures: firstDepartures(graph, tensors),
    onlyA: onlyIn(ofA, ofB),
    onlyB: onlyIn(ofB, ofA),
  };
}

function compareOne(name: string, x: Tensor, y: Tensor, tolerance: Tolerance) {
  const [a, b] = [toFloat64(x), toFloat64(y)];
  const contents = [contentsOf(a), contentsOf(b)] as const;
  const isSame = x.dtype === y.dtype;
  const [actual, expected] = isSame ? [x, y] : [inFloat64(x, a), inFloat64(y, b)];
  return {
    ...compareTensors(name, actual, expected, tolerance),
    dtype: x.dtype,
    sqnr: sqnrOf(a, b),
    a: contents[0],
    b: contents[1],
    ...(isFloat(x.dtype) && a.length > 0 ? { histograms: histogramsOf(a, b, contents) } : {}),
  };
}

function inFloat64({ dims }: Tensor, data: Float64Array): Tensor {
  return { dtype: 'float64', dims, data };
}

interface Sides {
  readonly a: string;
  readonly b: string;
  readonly isOutput: boolean;
}

function whyIncomparable(x: Tensor, y: Tensor, { a, b, isOutput }: Sides): string | undefined {
  const [ofA, ofB] = [x, y].map(({ dtype, dims }) => `${dtype}[${dims.join(', ')}]`);
  const areFloats = !isOutput && isFloat(x.dtype) && isFloat(y.dtype) && x.dims.join() === y.dims.join();
  if (ofA !== ofB && !areFloats) return `it is ${ofA} in ${a}, ${ofB} in ${b}`;
  if (x.dtype === 'string' || isContainer(x.dtype) || isComplex(x.dtype)) return `${x.dtype} is not compared`;
  return undefined;
}

function nothingCommon(a: string, b: string, graph: Graph): TrtxError {
  const outputs = graph.outputs.map(({ name }) => quote(name)).join(', ');
  return new TrtxError('NOTHING_COMMON', `${a} and ${b} have no tensor in common`, {
    hint: `They are no ways to compute one model, whose outputs are ${outputs}; or name other tensors.`,
  });
}
