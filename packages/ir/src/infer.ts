// Inference: runs an op's `infer` over what is known of its inputs, checks attributes first, and carries contents
// through pointwise and injective ops from their own data.

import { errorAt, quote, TrtxError } from '@trtx/errors';
import { asNumbers, type Contents, injectiveContents, MAX_CONTENTS, MAX_REALS, pointwiseContents } from './contents.ts';
import { bounds, type Dim, dimOf, neverEqual, Sym, sameDim } from './dim.ts';
import { isContainer, isFloat, isInteger } from './dtype.ts';
import type { AttributeValue, BodyView, Inferred, NodeView, OpDef, OperandSpec } from './op.ts';
import { opName, traitOf } from './op.ts';
import { type Constant, elementCount, MAX_RANK, numbersOf, type TensorType } from './tensor.ts';

/** What is known of a value before the model runs. */
export interface Known {
  readonly name: string;
  readonly type: TensorType;
  readonly constant: Constant | null;
  readonly contents: Contents | undefined;
  /** As `contents`, for floats: only what shape arithmetic goes through. */
  readonly reals?: Contents | undefined;
}

/** Two dims that a node needs to be equal and that could not be proved equal. */
export interface Constraint {
  readonly a: Dim;
  readonly b: Dim;
  readonly node: string;
}

export interface Inference {
  readonly outputs: readonly Inferred[];
  readonly constraints: readonly Constraint[];
  /** What the op saw of the node. */
  readonly view: NodeView;
}

export type Attributes = ReadonlyMap<string, AttributeValue>;

/** A graph inside a node, as far as inference needs it. */
export interface Body {
  readonly inputs: readonly { setType(inferred: Inferred): void }[];
  readonly outputs: readonly { readonly value: Known }[];
  reinfer(fuel?: InferenceFuel): void;
}

/**
 * How often bodies may still be inferred for one node. A body is inferred until its types come to rest, and so is each body
 * in it at each of these times: a few loops in loops make any number. Real models, of three or so, need a dozen.
 */
export interface InferenceFuel {
  left: number;
}

const FUEL = 1000;

/**
 * Types (and contents, where known) of a node's outputs.
 * @throws TrtxError ATTRIBUTE, INPUT, SHAPE or SHAPE_UNKNOWN, naming the node
 */
export function inferNode(
  op: OpDef,
  inputs: readonly (Known | null)[],
  attributes: Attributes,
  outputCount: number,
  node: string,
  bodies: readonly Body[] = [],
  fuel: InferenceFuel = { left: FUEL },
): Inference {
  const constraints: Constraint[] = [];
  const view = viewNode(op, inputs, attributes, outputCount, node, constraints, bodies, fuel);
  if (bodies.length !== (op.bodies?.length ?? 0))
    throw view.fail(`${bodies.length} bodies where ${opName(op)} has ${op.bodies?.length ?? 0}`);
  checkOperands(op, inputs, view);
  checkAttributes(op, attributes, view);
  const outputs = inferred(op, view, node).map((output, i) => {
    checkOutput(output, view);
    return withContents(op, view, inputs, output, i);
  });
  if (outputs.length !== outputCount)
    throw view.fail(`${opName(op)} gives ${outputs.length} outputs where the node has ${outputCount}`);
  return { outputs, constraints, view };
}

/** What the op infers; errors of shape arithmetic, which knows no nodes, are told where they are. */
function inferred(op: OpDef, view: NodeView, node: string): readonly Inferred[] {
  try {
    return op.infer(view);
  } catch (error) {
    throw errorAt(error, { node: `${node} (${opName(op)})` });
  }
}

/** The view of a node that op definitions read; also for kernels and passes, which use its attributes and contents. */
export function viewNode(
  op: OpDef,
  inputs: readonly (Known | null)[],
  attributes: Attributes,
  outputCount: number,
  node: string,
  constraints: Constraint[] = [],
  bodies: readonly Body[] = [],
  fuel: InferenceFuel = { left: FUEL },
): NodeView {
  const fail = (message: string, hint?: string) =>
    new TrtxError('SHAPE', message, { node: `${node} (${opName(op)})`, hint });
  const attribute = (name: string) => attributes.get(name) ?? op.attributes[name]?.default;
  const present = (name: string) => {
    const value = attribute(name);
    if (value === undefined) throw fail(`attribute ${name} is missing`);
    return value;
  };
  const contents = (index: number) => inputs[index]?.contents;
  return {
    inputs: inputs.map((input) => input?.type ?? null),
    outputCount,
    input(index) {
      const input = inputs[index];
      if (!input) throw fail(`input ${op.inputs[index]?.name ?? index} is missing`);
      return input.type;
    },
    contents,
    reals: (index) => inputs[index]?.reals,
    need(index) {
      const known = contents(index);
      if (known) return known;
      throw new TrtxError(
        'SHAPE_UNKNOWN',
        `the values of input ${op.inputs[index]?.name ?? index} steer the output's shape and are not known at build`,
        {
          node: `${node} (${opName(op)})`,
          tensor: inputs[index]?.name,
          hint: 'Make it a constant or shape arithmetic in the model, or give the import its value (`constants`).',
        },
      );
    },
    numbers(index) {
      const known = asNumbers(contents(index));
      if (known) return known;
      const constant = inputs[index]?.constant;
      if (!constant || constant.dtype === 'string' || elementCount(constant.dims) > MAX_CONTENTS) return undefined;
      return numbersOf(constant);
    },
    int: (name) => present(name) as number,
    float: (name) => present(name) as number,
    string: (name) => present(name) as string,
    ints: (name) => attribute(name) as readonly number[] | undefined,
    floats: (name) => attribute(name) as readonly number[] | undefined,
    strings: (name) => attribute(name) as readonly string[] | undefined,
    tensor: (name) => attribute(name) as Constant | undefined,
    has: (name) => attributes.has(name),
    equal(a, b) {
      if (sameDim(a, b)) return a;
      if (neverEqual(a, b)) throw fail(`dimensions ${a} and ${b} differ`);
      constraints.push({ a, b, node });
      return simpler(a, b);
    },
    body: (index) => bodyView(bodies[index]!, fuel, fail),
    symbolName: (hint) => `${node}.${hint}`,
    unknown: (hint, most) => dimOf(new Sym(`${node}.${hint}`, 0, bounds(most).max)),
    fail,
  };
}

function bodyView(body: Body, fuel: InferenceFuel, fail: NodeView['fail']): BodyView {
  const { inputs, outputs } = body;
  return {
    inputCount: inputs.length,
    infer(types) {
      if (types.length !== inputs.length)
        throw fail(`a body of ${inputs.length} inputs where ${types.length} are given to it`);
      if (--fuel.left < 0)
        throw new TrtxError('BODIES_TOO_DEEP', 'the types in loops in loops do not come to rest soon', {
          ...fail('').place,
          hint: 'Declare the sizes of what the loops carry.',
        });
      inputs.forEach((input, i) => {
        input.setType(types[i]!);
      });
      body.reinfer(fuel);
      return outputs.map(({ value }) => ({ ...value.type, contents: value.contents }));
    },
  };
}

function simpler(a: Dim, b: Dim): Dim {
  if (typeof a === 'number') return a;
  if (typeof b === 'number') return b;
  return b.size < a.size ? b : a;
}

/** The output with its elements, where those of all inputs are known and the op's own data tell the rest. */
function withContents(
  op: OpDef,
  view: NodeView,
  inputs: readonly (Known | null)[],
  output: Inferred,
  index: number,
): Inferred {
  const most = isFloat(output.dtype)
    ? MAX_REALS
    : isInteger(output.dtype) || output.dtype === 'bool'
      ? MAX_CONTENTS
      : 0;
  const dims = output.shape.every((d) => typeof d === 'number') ? (output.shape as number[]) : undefined;
  if (output.contents || output.reals || !dims || elementCount(dims) > most) return output;
  const known = inputs.map((input) => input?.contents ?? input?.reals);
  if (inputs.length === 0 || inputs.some((input, i) => input && !known[i])) return output;
  let found: Contents | undefined;
  const trait = traitOf(op, view);
  if (trait.kind === 'pointwise' && !trait.alignment) found = pointwiseContents(trait.scalar(view), known, dims);
  if (trait.kind === 'injective') found = injectiveContents(trait.map(view, index), known, dims);
  if (!found) return output;
  return isFloat(output.dtype) ? { ...output, reals: found } : { ...output, contents: found };
}

function checkOperands(op: OpDef, inputs: readonly (Known | null)[], view: NodeView): void {
  const variadic = op.inputs.at(-1)?.variadic;
  if (inputs.length > op.inputs.length && !variadic)
    throw view.fail(`${inputs.length} inputs where ${opName(op)} takes at most ${op.inputs.length}`);
  const letters = new Map<string, string>();
  const specs = variadic ? Math.max(inputs.length, op.inputs.length) : op.inputs.length;
  for (let i = 0; i < specs; i++) {
    const spec = op.inputs[Math.min(i, op.inputs.length - 1)]!;
    const input = inputs[i];
    if (!input) {
      if (!spec.optional) throw view.fail(`input ${spec.name} is missing`);
      continue;
    }
    checkType(spec, input, letters, view);
  }
}

function checkType(spec: OperandSpec, input: Known, letters: Map<string, string>, view: NodeView): void {
  const { dtype } = input.type;
  if (spec.types ? !spec.types.includes(dtype) : isContainer(dtype) && spec.holds !== 'any')
    throw view.fail(
      `input ${spec.name} (${quote(input.name)}) is ${dtype}`,
      spec.types && `It may be ${spec.types.join(', ')}.`,
    );
  for (const dim of input.type.shape)
    if (bounds(dim).max < 0)
      throw view.fail(`input ${spec.name} (${quote(input.name)}) has the negative dimension ${dim}`);
  if (!spec.sameAs) return;
  const first = letters.get(spec.sameAs);
  if (first !== undefined && first !== dtype)
    throw view.fail(`input ${spec.name} (${quote(input.name)}) is ${dtype} where another input is ${first}`);
  letters.set(spec.sameAs, dtype);
}

/** Sizes that a model's numbers ask for may be anything: what no memory can hold is refused before anybody allocates. */
function checkOutput({ shape }: Inferred, view: NodeView): void {
  if (shape.length > MAX_RANK) throw view.fail(`an output of rank ${shape.length}`, `At most ${MAX_RANK} axes.`);
  let count = 1;
  for (const dim of shape) {
    const { min, max } = bounds(dim);
    if (max < 0) throw view.fail(`an output with the negative dimension ${dim}`);
    if (Number.isNaN(max)) throw view.fail('an output whose size is no number');
    if (min === max) count *= Math.max(min, 1);
  }
  if (!Number.isSafeInteger(count)) throw view.fail(`an output of [${shape}] is too large`);
}

function checkAttributes(op: OpDef, attributes: Attributes, view: NodeView): void {
  for (const name of attributes.keys())
    if (!Object.hasOwn(op.attributes, name)) throw view.fail(`unknown attribute ${quote(name)}`);
  for (const [name, spec] of Object.entries(op.attributes)) {
    const value = attributes.get(name);
    if (value === undefined) {
      if (spec.required) throw view.fail(`attribute ${name} is missing`);
      continue;
    }
    const list = Array.isArray(value) ? value : [value];
    const wants = spec.type === 'tensor' ? 'object' : /^(string|type)/.test(spec.type) ? 'string' : 'number';
    if (spec.type.endsWith('s') !== Array.isArray(value) || list.some((item) => typeof item !== wants))
      throw view.fail(`attribute ${name} is no ${spec.type}`);
    for (const item of list) {
      if (spec.type.startsWith('int') && !Number.isSafeInteger(item))
        throw view.fail(`attribute ${name} = ${item} is no integer`);
      if (spec.min !== undefined && item < spec.min)
        throw view.fail(`attribute ${name} = ${item} is below ${spec.min}`);
      if (spec.max !== undefined && item > spec.max)
        throw view.fail(`attribute ${name} = ${item} is above ${spec.max}`);
      if (spec.oneOf && !spec.oneOf.includes(item as string))
        throw view.fail(`attribute ${name} = ${quote(String(item))}`, `It may be ${spec.oneOf.join(', ')}.`);
    }
  }
}
