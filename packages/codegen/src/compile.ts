// From a graph to a plan: groups, a kernel for each, memory, and the list of dispatches.

import type { Dispatch, HostNode, Plan, PlanBinding, PlanTensor, Step } from '@trtx/engine';
import { type Graph, type Node, opName, type Value } from '@trtx/ir';
import type { Emitted } from './emitted.ts';
import { Emitter } from './emitter.ts';
import { formGroups, type Group, type Grouping } from './group/group.ts';
import type { Kernel } from './kernel.ts';
import { standardKernels } from './kernels/index.ts';
import { legalize } from './legalize.ts';
import { Layout } from './memory/layout.ts';
import { SizeTable } from './memory/sizes.ts';
import { storageOf } from './storage.ts';
import { type Tactic, tacticLabel, tacticsFor, unsupported } from './tactics.ts';
import { PORTABLE, type Target } from './target.ts';

export interface CompileOptions {
  readonly target?: Target;
  readonly kernels?: readonly Kernel[];
  /** Chooses among the tactics of a group (cheapest first); by default the first. */
  readonly choose?: (tactics: readonly Tactic[], group: Group) => Tactic | undefined;
  /** Called after each dispatch is generated. */
  readonly onProgress?: (done: number, total: number, label: string) => void;
}

export interface Compiled {
  readonly plan: Plan;
  /** Bytes of `plan.blobs`, made when asked for. */
  readonly blobs: readonly (() => Uint8Array)[];
}

/**
 * Compiles a graph for a target. The graph is legalized in place.
 * @throws TrtxError UNSUPPORTED_NODES with every node that has no kernel; SHAPE_UNBOUNDED; TENSOR_TOO_LARGE
 */
export function compile(graph: Graph, options: CompileOptions = {}): Compiled {
  const { target = PORTABLE } = options;
  legalize(graph, target);
  checkTypes(graph);
  const grouping = formGroups(graph, { tensors: target.limits.maxStorageBuffersPerShaderStage });
  const emitted = emitAll(grouping, target, options);
  const sizes = new SizeTable(graph);
  const layout = new Layout(graph, grouping, emitted, sizes, target);
  const modules = new Numbering<string>((wgsl) => wgsl);
  const pipelines = new Numbering<Plan['pipelines'][number]>((p) => `${p.module} ${p.layout}`);

  const dispatches = emitted.map(({ group, tactic, emitter, launch, wgsl }): Dispatch => {
    const { bindings, params } = emitter.shader;
    const layoutKinds = [...bindings.map(({ kind }) => kind), ...(params.length > 0 ? (['uniform'] as const) : [])];
    const bound: PlanBinding[] = emitter.slots.map((slot) => layout.binding(slot));
    if (params.length > 0) bound.push(layout.paramBlock(params));
    return {
      pipeline: pipelines.of({ module: modules.of(wgsl), entryPoint: 'main', layout: layoutKinds }),
      bindings: bound,
      workgroups: [sizes.size(launch.workgroups)],
      label: tacticLabel(tactic),
      nodes: [...new Set(group.nodes.flatMap((node) => node.origin))],
    };
  });
  const tensor = (name: string, value: Value): PlanTensor => ({
    name,
    dtype: value.type.dtype as PlanTensor['dtype'],
    storage: storageOf(value.type.dtype)!,
    shape: value.type.shape.map((dim) => sizes.size(dim)),
    buffer: layout.bufferOf(value),
  });
  const steps: Step[] = dispatches.length > 0 ? [{ kind: 'dispatches', dispatches }] : [];
  const plan: Plan = {
    name: graph.name,
    inputs: graph.inputs.map((value) => tensor(value.name, value)),
    outputs: graph.outputs.map(({ name, value }) => tensor(name, value)),
    constraints: [...graph.constraints].map(({ a, b, node }) => ({ a: sizes.size(a), b: sizes.size(b), node })),
    modules: modules.items,
    pipelines: pipelines.items,
    steps,
    hostNodes: grouping.host.map(hostNode),
    ...layout.finish(),
    symbols: sizes.symbols,
    exprs: sizes.exprs,
  };
  return { plan, blobs: layout.blobs };
}

function emitAll(
  grouping: Grouping,
  target: Target,
  { kernels = standardKernels, choose = ([first]) => first, onProgress }: CompileOptions,
): Emitted[] {
  const missing: { node: string; reason: string }[] = [];
  const chosen: { group: Group; tactic: Tactic }[] = [];
  for (const group of grouping.groups) {
    const tactic = choose(tacticsFor(kernels, { group, grouping, target }), group);
    if (tactic) chosen.push({ group, tactic });
    else
      missing.push({ node: nodeName(group.anchor!), reason: 'no kernel for this op with these types and attributes' });
  }
  if (missing.length > 0) throw unsupported(missing);
  return chosen.map(({ group, tactic }, i) => {
    const emitter = new Emitter(group, grouping);
    const launch = tactic.kernel.emit(emitter, { group, grouping, target }, tactic.params);
    onProgress?.(i + 1, chosen.length, tactic.kernel.id);
    return { group, tactic, emitter, launch, wgsl: emitter.shader.print(launch.workgroupSize) };
  });
}

/** Every node with an output whose type the GPU has no form for, in one error. */
function checkTypes(graph: Graph): void {
  const missing: { node: string; reason: string }[] = [];
  for (const node of graph.topological())
    for (const value of [...node.inputs, ...node.outputs]) {
      if (!value || value.contents || storageOf(value.type.dtype)) continue;
      missing.push({ node: nodeName(node), reason: `${value.name} is ${value.type.dtype}` });
      break;
    }
  for (const { type, name } of graph.inputs)
    if (!storageOf(type.dtype)) missing.push({ node: name, reason: `the input is ${type.dtype}` });
  if (missing.length > 0) throw unsupported(missing);
}

function nodeName(node: Node): string {
  return `${node.name} (${opName(node.op)})`;
}

function hostNode(node: Node): HostNode {
  return {
    node: node.name,
    op: opName(node.op),
    reason: 'shape arithmetic, computed from the input shapes whenever they change',
  };
}

/** Gives equal things one number. */
class Numbering<T> {
  readonly items: T[] = [];
  readonly #numbers = new Map<string, number>();

  constructor(readonly key: (item: T) => string) {}

  of(item: T): number {
    const key = this.key(item);
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.items.push(item) - 1;
      this.#numbers.set(key, number);
    }
    return number;
  }
}
