// The values of the symbols of a graph's inputs, from the dims of the tensors that a caller gives.

import { quote, TrtxError } from '@trtx/errors';
import {
  asSymbol,
  type Dim,
  elementCount,
  evaluateDim,
  type Graph,
  isContainer,
  lanesOf,
  printType,
  type Sym,
  symbolsOf,
  type Tensor,
  type Tensors,
  type Value,
} from '@trtx/ir';

/** Symbol values by name. */
export type Bindings = Map<string, number>;

/**
 * Checks the tensors against the graph's inputs and gives the values of their symbols.
 *
 * @throws TrtxError INPUT, naming the input: missing or unknown, of another element type or rank, a dim that is not what
 *   the graph has, out of its bounds or no multiple of what it must be; CONSTRAINT where dims must be equal and are not
 */
export function bindInputs(graph: Graph, tensors: Tensors): Bindings {
  const bindings: Bindings = new Map();
  for (const name of tensors.keys())
    if (!graph.inputs.some((input) => input.name === name)) {
      const names = graph.inputs.map((input) => quote(input.name)).join(', ');
      throw new TrtxError('INPUT', 'the graph has no such input', { tensor: name, hint: `Its inputs are ${names}.` });
    }
  for (const input of graph.inputs) bindInput(input, tensors.get(input.name), bindings);
  for (const input of graph.inputs) checkExpressions(input, tensors.get(input.name)!, bindings);
  checkConstraints(graph, bindings);
  return bindings;
}

/**
 * The symbols that got a value with a node's output or a body's input: sizes that only the run tells (NonZero, Unique,
 * the number of an iteration). They are added to the bindings, and the constraints that they are in are checked.
 *
 * @throws TrtxError REFERENCE where a size is not within the symbol's bounds, CONSTRAINT as `bindInputs`
 */
export function bindOutput(graph: Graph, output: Value, tensor: Tensor, bindings: Bindings): void {
  let found = false;
  const bind = (dim: Dim, size: number, what: string) => {
    const scaled = asSymbol(dim);
    if (!scaled || bindings.has(scaled.symbol.name) || scaled.symbol.definition !== undefined) return;
    const { symbol, factor } = scaled;
    const value = size / factor;
    if (!(Number.isInteger(value) && value >= symbol.min && value <= symbol.max))
      throw new TrtxError('REFERENCE', `${what} is ${size} where ${dim} is to be ${symbol.min} to ${symbol.max}`, {
        node: output.producer?.name,
        tensor: output.name,
      });
    bindings.set(symbol.name, value);
    found = true;
  };
  output.type.shape.forEach((dim, axis) => {
    bind(dim, tensor.dims[axis]!, `axis ${axis}`);
  });
  output.contents?.values.forEach((dim, i) => {
    if (typeof dim !== 'number') bind(dim, Number(tensor.data[i]), `element ${i}`);
  });
  if (found) checkConstraints(graph, bindings);
}

/** Constraints whose dims have values must hold; those of sizes that only elements tell have none at first. */
export function checkConstraints(graph: Graph, bindings: Bindings): void {
  for (const { a, b, node } of graph.constraints) {
    const [left, right] = [dimValue(a, bindings), dimValue(b, bindings)];
    if (left !== undefined && right !== undefined && left !== right)
      throw new TrtxError('CONSTRAINT', `${a} = ${left} and ${b} = ${right} must be equal`, {
        node,
        hint: 'The model does not take these sizes, or one is 1 to broadcast: it has to be 1 in the profile then.',
      });
  }
}

/** The value of a dim, or undefined where it has symbols without a value (they depend on elements). */
export function dimValue(dim: Dim, bindings: Bindings): number | undefined {
  if (typeof dim === 'number') return dim;
  for (const name of symbolsOf(dim).keys()) if (!bindings.has(name)) return undefined;
  return evaluateDim(dim, (symbol) => bindings.get(symbol.name)!);
}

function bindInput(input: Value, tensor: Tensor | undefined, bindings: Bindings): void {
  const { dtype, shape } = input.type;
  if (!tensor) throw fail(input, 'the input is missing');
  if (tensor.dtype !== dtype) throw fail(input, `the tensor is ${tensor.dtype} where the input is ${dtype}`);
  if (tensor.dims.length !== shape.length)
    throw fail(input, `a tensor of [${tensor.dims.join(',')}] where the input is ${printType(input.type)}`);
  if (!isContainer(dtype) && tensor.data.length !== elementCount(tensor.dims) * lanesOf(dtype))
    throw fail(input, `${tensor.data.length} elements for a tensor of [${tensor.dims.join(',')}]`);
  shape.forEach((dim, axis) => {
    const size = tensor.dims[axis]!;
    const scaled = asSymbol(dim);
    if (scaled) bindSymbol(input, axis, scaled.symbol, scaled.factor, size, bindings);
    else if (typeof dim === 'number' && dim !== size) throw fail(input, `axis ${axis} is ${size} where ${dim} belongs`);
  });
}

function bindSymbol(input: Value, axis: number, symbol: Sym, factor: number, size: number, bindings: Bindings): void {
  const value = size / factor;
  if (!Number.isInteger(value)) throw fail(input, `axis ${axis} is ${size}, no multiple of ${factor}`);
  if (value < symbol.min || value > symbol.max)
    throw fail(input, `axis ${axis} is ${size}, not from ${symbol.min * factor} to ${symbol.max * factor}`);
  const seen = bindings.get(symbol.name);
  if (seen !== undefined && seen !== value)
    throw fail(input, `axis ${axis} is ${size} where ${quote(symbol.name)} is ${seen} elsewhere`);
  bindings.set(symbol.name, value);
}

/** Dims that are more than a symbol, once all symbols are known. */
function checkExpressions(input: Value, tensor: Tensor, bindings: Bindings): void {
  input.type.shape.forEach((dim, axis) => {
    const value = dimValue(dim, bindings);
    const size = tensor.dims[axis]!;
    if (value !== undefined && value !== size)
      throw fail(input, `axis ${axis} is ${size} where ${dim} = ${value} belongs`);
  });
}

function fail(input: Value, message: string): TrtxError {
  return new TrtxError('INPUT', message, { tensor: input.name, hint: `The graph declares ${printType(input.type)}.` });
}
