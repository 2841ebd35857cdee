// The mechanical precision pass: float32 becomes float16, with Casts where types meet.

import { type DType, type Graph, type Node, removeDead, standardOps, type Value } from '@trtx/ir';
import { replaceNode } from '../replace-node.ts';
import { assign, type HalfForm, halfForm } from './assign.ts';
import { halfConstant } from './constants.ts';
import { namesOf, requireNames } from './names.ts';
import { delicateNodes } from './precision.ts';

const CAST = standardOps.get('Cast')!;

export interface Float16Options {
  /** Names of nodes, of their ops or of tensors that they compute: these nodes stay in float32 as well. */
  readonly keep?: readonly string[];
  /** Whether a name in `keep` that nothing has is an error (the default). Parts of a model lack some. */
  readonly unknown?: 'error' | 'ignore';
  /**
   * `mixed` (the default) leaves in float32 what float16 is not good enough for by default: reductions that sum, norms and
   * other delicate ops, exponentials, powers and squares, numbers past its range, divisions by small sums. `whole` converts
   * all that the ops take.
   */
  readonly extent?: 'mixed' | 'whole';
  /** The type of the graph's float32 inputs and outputs: `float32` (the default) leaves them, with Casts behind and before. */
  readonly borders?: 'float32' | 'float16';
}

export interface Float16Report {
  /** Names of the nodes that work in float16 now. */
  readonly converted: readonly string[];
  /** Nodes that stay in float32, and why. */
  readonly kept: readonly { readonly node: string; readonly reason: string }[];
  /** Casts that were added. */
  readonly casts: number;
  /** Constants that lost elements: to ±65,504 because they were larger, or to 0 because they were smaller. */
  readonly constants: readonly { readonly name: string; readonly saturated: number; readonly flushed: number }[];
}

/**
 * Converts a graph to float16, in place (`cloneGraph` copies one first). Bodies of control flow stay as they are.
 * @throws TrtxError FLOAT16_UNKNOWN for a name in `keep` that nothing has
 */
export function toFloat16(graph: Graph, options: Float16Options = {}): Float16Report {
  const { keep = [], unknown = 'error', extent = 'mixed', borders = 'float32' } = options;
  const reasons = extent === 'mixed' ? delicateNodes(graph) : new Map<Node, string>();
  if (unknown === 'error') requireNames([graph], keep);
  const wanted = new Set(keep);
  for (const node of graph.nodes) if (namesOf(node).some((name) => wanted.has(name))) reasons.set(node, 'asked for');
  const forms = new Map<Node, HalfForm>();
  for (const node of graph.nodes) {
    if (!node.inputs.some((input) => input?.type.dtype === 'float32')) continue;
    const form = reasons.has(node) ? undefined : halfForm(node);
    if (form) forms.set(node, form);
    else if (!reasons.has(node)) reasons.set(node, 'its op takes no float16');
  }
  const half = assign(graph, forms, borders === 'float32', extent === 'mixed');
  for (const node of forms.keys()) if (!half.has(node)) reasons.set(node, 'saves Casts');
  const kept = [...graph.nodes].flatMap((node) => {
    const reason = reasons.get(node);
    return reason !== undefined && readsOrGivesFloats(node) ? [{ node: node.name, reason }] : [];
  });
  const conversion = new Conversion(graph, borders);
  for (const node of graph.topological()) conversion.node(node, half.has(node) ? forms.get(node) : undefined);
  conversion.outputs();
  removeDead(graph);
  return { converted: conversion.converted, kept, casts: conversion.casts, constants: conversion.losses };
}

function readsOrGivesFloats(node: Node): boolean {
  return [...node.inputs, ...node.outputs].some((value) => value?.type.dtype === 'float32');
}

class Conversion {
  readonly converted: string[] = [];
  readonly losses: { name: string; saturated: number; flushed: number }[] = [];
  casts = 0;
  /** Values that were float32 and are float16 now. */
  readonly #turned = new Set<Value>();
  /** What else a value is there as: float32 ones as float16, those that were turned as float32. */
  readonly #others = new Map<Value, Value>();

  constructor(
    private readonly graph: Graph,
    private readonly borders: 'float32' | 'float16',
  ) {
    if (borders === 'float32') return;
    for (const input of graph.inputs) {
      if (input.type.dtype !== 'float32') continue;
      input.setType({ ...input.type, dtype: 'float16', contents: input.contents });
      this.#turned.add(input);
    }
  }

  /** Turns a node, or gives it float32, after what it reads was turned. */
  node(node: Node, form: HalfForm | undefined): void {
    const inputs = node.inputs.map((input, i) => input && this.#as(input, form?.inputs.has(i) ?? false));
    if (!form) {
      inputs.forEach((input, i) => {
        if (input !== node.inputs[i]) this.graph.setInput(node, i, input);
      });
      return;
    }
    const { name, origin, outputs } = node;
    const twin = this.graph.addNode(node.op, inputs, form.attributes, { name, origin, outputs: outputs.length });
    twin.outputs.forEach((output, i) => {
      if (output.type.dtype !== outputs[i]!.type.dtype) this.#turned.add(output);
    });
    replaceNode(this.graph, node, twin.outputs);
    this.graph.rename(twin, name);
    this.converted.push(name);
  }

  outputs(): void {
    for (const output of this.graph.outputs) {
      const { value } = output;
      if (this.borders === 'float16') output.value = this.#as(value, true);
      else if (this.#turned.has(value)) {
        // The output's name is that of a float32 tensor.
        const { name } = value;
        if (name === output.name && value.producer) this.graph.rename(value, `${name}.float16`);
        output.value = this.#as(value, false, name);
      }
    }
  }

  /** A value that was float32 as float16, or as it was; any other as it is. */
  #as(value: Value, half: boolean, name?: string): Value {
    const isTurned = this.#turned.has(value);
    if (half ? value.type.dtype !== 'float32' : !isTurned) return value;
    let other = this.#others.get(value);
    if (!other) {
      other = value.constant ? this.#constant(value) : this.#cast(value, half ? 'float16' : 'float32', name);
      this.#others.set(value, other);
    }
    return other;
  }

  #cast(value: Value, to: DType, name = `${value.name}.${to}`): Value {
    this.casts++;
    const origin = value.producer?.origin ?? [];
    return this.graph.addNode(CAST, [value], { to }, { name, outputs: [name], origin }).output;
  }

  #constant(value: Value): Value {
    const { constant, saturated, flushed } = halfConstant(value.constant!);
    if (saturated + flushed > 0) this.losses.push({ name: value.name, saturated, flushed });
    return this.graph.addConstant(constant, value.name);
  }
}
