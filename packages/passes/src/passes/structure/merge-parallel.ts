// Horizontal fusion: contractions of one input become one, whose weights are theirs side by side, and a Split of its result:
// queries, keys and values of an attention, branches of 1×1 convolutions.

import { type Constant, type Node, traitOf, type Value } from '@trtx/ir';
import { alongAxis, floatConstant, fromFloat64, sameAttributes, without } from '../../match.ts';
import type { NewValue, Patch } from '../../patch.ts';
import { definePass, defineRule } from '../../rule.ts';
import { joined } from './joined.ts';

/** A contraction of a variable and constant weights, as far as merging needs it. */
interface Form {
  /** Of the weights and of the output: their channels. */
  readonly weightAxis: number;
  readonly outputAxis: number;
}

const FORMS: Readonly<Record<string, (node: Node) => Form | undefined>> = {
  MatMul: (node) => {
    const rank = node.output.type.shape.length;
    return node.inputs[1]!.type.shape.length === 2 && rank > 1 ? { weightAxis: 1, outputAxis: rank - 1 } : undefined;
  },
  Gemm: (node) => ({ weightAxis: node.view().int('transB') ? 0 : 1, outputAxis: 1 }),
  Conv: (node) => (node.view().int('group') === 1 ? { weightAxis: 0, outputAxis: 1 } : undefined),
};

/** One of the contractions, with what follows it in all of them. */
interface Branch {
  readonly node: Node;
  readonly form: Form;
  readonly channels: number;
  readonly bias: Float64Array | undefined;
  /** The nodes from the contraction on; the last one's output is to be a part of the merged one's. */
  readonly nodes: Node[];
}

const sameInput = defineRule({
  name: 'same-input',
  ops: Object.keys(FORMS),
  apply(node, patch) {
    const x = node.inputs[0]!;
    if (x.constant) return undefined;
    const siblings = [...x.users.keys()].filter((other) => isLike(other, node));
    if (siblings.length < 2) return undefined;
    // In an order of their own, whichever was made first. The first one speaks for all.
    const branches = siblings.flatMap((sibling) => branchOf(sibling, patch) ?? []);
    branches.sort((a, b) => (a.node.name < b.node.name ? -1 : 1));
    if (branches.length < 2 || branches[0]!.node !== node) return undefined;
    while (branches.every((branch) => following(branch, branches[0]!, patch)))
      for (const branch of branches) branch.nodes.push(onlyUser(last(branch), patch)!);
    if (!branches.every((branch) => readAsPart(last(branch), patch))) return undefined;
    return merged(branches, patch);
  },
});

export const mergeParallel = definePass({
  name: 'merge-parallel',
  summary: 'MatMul, Gemm and Conv of one input with constant weights as one, where a part of its result serves as well',
  rules: [sameInput],
});

/** The same op with the same attributes, and weights that differ in channels alone. */
function isLike(other: Node, node: Node): boolean {
  if (other.op !== node.op || other.inputs[0] !== node.inputs[0] || !sameAttributes(other, node)) return false;
  const [form, like] = [other, node].map((each) => FORMS[each.op.name]!(each));
  const [weights, own] = [other, node].map((each) => floatConstant(each.inputs[1]));
  if (!form || !like || !weights || !own || weights.dtype !== own.dtype) return false;
  const differs = (dim: number, axis: number) => axis !== form.weightAxis && dim !== own.dims[axis];
  return weights.dims.length === own.dims.length && !weights.dims.some(differs);
}

/** Undefined where the weights would stay beside the merged ones, or the bias is computed. */
function branchOf(node: Node, patch: Patch): Branch | undefined {
  const form = FORMS[node.op.name]!(node)!;
  const weights = node.inputs[1]!;
  if (weights.users.size !== 1 || weights.users.get(node)!.size !== 1) return undefined;
  const channels = weights.constant!.dims[form.weightAxis]!;
  const beta = node.attributes.has('beta') ? node.view().float('beta') : 1;
  const own = node.inputs[2] ? biasOf(node.inputs[2], 1, 0, channels)?.map((value) => beta * value) : undefined;
  if (node.inputs[2] && !own) return undefined;
  const add = own ? undefined : onlyUser(node, patch);
  const rank = node.output.type.shape.length;
  const added =
    add?.op.domain === '' && add.op.name === 'Add' ? add.inputs.find((input) => input !== node.output) : null;
  const bias = added ? biasOf(added, rank, form.outputAxis, channels) : undefined;
  return { node, form, channels, bias: own ?? bias, nodes: bias ? [node, add!] : [node] };
}

/** A number for each channel. */
function biasOf(value: Value, rank: number, axis: number, channels: number): Float64Array | undefined {
  const constant = floatConstant(value);
  const squeezed = constant && rank === 1 && constant.dims.length > 1 ? lastAxis(constant) : constant;
  return squeezed && alongAxis(squeezed, rank, axis, channels);
}

/** [channels] of a bias of [1, channels]; Gemm takes both. */
function lastAxis(constant: Constant): Constant | undefined {
  return constant.dims.slice(0, -1).every((dim) => dim === 1)
    ? { ...constant, dims: constant.dims.slice(-1) }
    : undefined;
}

function last({ nodes }: Branch): Node {
  return nodes.at(-1)!;
}

function onlyUser(node: Node, patch: Patch): Node | undefined {
  const [user] = node.output.users.keys();
  return user && patch.onlyUsedBy(node.output, user) ? user : undefined;
}

/** True where the same op of one tensor follows as in another branch. */
function following(branch: Branch, like: Branch, patch: Patch): boolean {
  const [next, other] = [branch, like].map((each) => onlyUser(last(each), patch));
  if (!next || !other || next.op !== other.op || next.inputs.length !== 1 || !sameAttributes(next, other)) return false;
  return traitOf(next.op, next.view()).kind === 'pointwise';
}

/**
 * True where only kernels of their own read the value: they read a part of a tensor as they read one. What is pointwise would
 * no longer be computed with the contraction, and a Reshape would have to move the part first.
 */
function readAsPart({ output }: Node, patch: Patch): boolean {
  const kinds = [...output.users.keys()].map((user) => traitOf(user.op, user.view()).kind);
  return !patch.isOutput(output) && kinds.every((kind) => kind === 'opaque' || kind === 'contraction');
}

function merged(branches: readonly Branch[], patch: Patch): Patch {
  const [{ node, form, nodes }] = branches as [Branch, ...Branch[]];
  const weights = branches.map((branch) => branch.node.inputs[1]!);
  const joint = patch.constant(
    joined(
      weights.map(({ constant }) => constant!),
      form.weightAxis,
    ),
    weights[0]!.name,
  );
  const bias = branches.some((branch) => branch.bias) ? biases(branches, patch) : undefined;
  const takesBias = bias && node.op.name !== 'MatMul';
  // beta is in the bias.
  const inputs = [node.inputs[0], joint, takesBias ? bias : undefined];
  let y = patch.node(node.op.name, inputs, without(node, 'beta'), node.name);
  if (bias && !takesBias) y = patch.node('Add', [y, bias]);
  for (const each of nodes.slice(nodes[1]?.inputs.length === 2 ? 2 : 1))
    y = patch.node(each.op.name, [y], each.attributes, each.name);
  const sizes = patch.integers(
    branches.map(({ channels }) => channels),
    'split',
  );
  const parts = patch.outputs(branches.length, 'Split', [y, sizes], { axis: form.outputAxis });
  branches.forEach((branch, i) => {
    patch.covers(...branch.nodes).replace(last(branch).output, parts[i]!, `${branches.length} of one input`);
  });
  return patch;
}

function biases(branches: readonly Branch[], patch: Patch): NewValue {
  const values = branches.flatMap(({ bias, channels }) => [...(bias ?? new Float64Array(channels))]);
  const { dtype } = branches[0]!.node.inputs[1]!.constant!;
  return patch.constant(
    fromFloat64(dtype, [values.length], Float64Array.from(values)),
    `${branches[0]!.node.name}.bias`,
  );
}
