// From a graph to a plan: groups, a kernel for each, memory, and the tree of steps.

import { type Dispatch, type HostNode, type Plan, type PlanBinding, walkSteps } from '@trtx/engine';
import { TrtxError } from '@trtx/errors';
import { type Graph, type Node, opName, type Value } from '@trtx/ir';
import { proofFor } from './bounds/proof.ts';
import type { Bounds } from './bounds/secure.ts';
import { type Emitted, type EmittedStage, stagesOf } from './emitted.ts';
import { Emitter } from './emitter.ts';
import { coveredNodes } from './group/covered.ts';
import type { Group } from './group/group.ts';
import { refused, tells } from './host/placement.ts';
import { settle } from './host/settle.ts';
import { HostValues } from './host/values.ts';
import { wideReason } from './host/wide.ts';
import type { Kernel } from './kernel.ts';
import { standardKernels } from './kernels/index.ts';
import { legalize } from './legalize/index.ts';
import { Layout } from './memory/layout.ts';
import { SizeTable } from './memory/sizes.ts';
import { type Placed, type PlaceOptions, place, rangesOf } from './place.ts';
import { problemKey } from './problem/key.ts';
import { byTime, type Timings } from './problem/timings.ts';
import type { Int64 } from './range/ranges.ts';
import { requirementsOf } from './requires.ts';
import { scheduleOf } from './schedule.ts';
import { StepWriter } from './steps.ts';
import { storageOf } from './storage.ts';
import { type Tactic, tacticLabel } from './tactics.ts';
import { PORTABLE, type Target } from './target.ts';
import { WorkList } from './work.ts';

export interface CompileOptions {
  readonly target?: Target;
  readonly kernels?: readonly Kernel[];
  /** Chooses among the tactics of a group (cheapest first); by default the first. */
  readonly choose?: (tactics: readonly Tactic[], group: Group) => Tactic | undefined;
  /** What was measured on the target's device: `choose` gets the tactics that were timed first, the fastest of them first. */
  readonly timings?: Timings;
  /** Fails with the list of the nodes that the host would have to compute at run time, instead of placing them there. */
  readonly noHost?: boolean;
  /**
   * What becomes of integers of 64 bits where nothing proves that 32 bits hold them: kernels check it, and a run that passes
   * 32 bits fails (`checked`, the default); or all that touches them is left to the host (`host`).
   */
  readonly int64?: Int64;
  /**
   * Ids of ops that functions of the host compute: nodes of these that kernels could serve may be left to it, where that is
   * cheaper than waiting for the GPU. None by default.
   */
  readonly onHost?: ReadonlySet<string>;
  /** Called after each dispatch is generated. */
  readonly onProgress?: (done: number, total: number, label: string) => void;
}

export interface Compiled {
  readonly plan: Plan;
  /** Bytes of `plan.blobs`, made when asked for. */
  readonly blobs: readonly (() => Uint8Array)[];
}

/**
 * Compiles a graph for a target. The graph is legalized in place. Nodes that the GPU cannot compute become host steps:
 * `plan.hostNodes` has them all.
 * @throws TrtxError UNSUPPORTED_NODES with all of those where `noHost` is set; SHAPE_UNBOUNDED; TENSOR_TOO_LARGE
 */
export function compile(graph: Graph, options: CompileOptions = {}): Compiled {
  const { target = PORTABLE } = options;
  const { placed, emitted } = placeAndEmit(graph, target, options);
  const { grouping, hosted, storages } = placed;
  const schedule = scheduleOf(graph, placed, emitted);
  const ends = new Set([...graph.withBodies()].flatMap((each) => each.outputs.map(({ value }) => value)));
  const isRead = (value: Value) => value.users.size > 0 || ends.has(value);
  // Functions of the host give all outputs, bodies only what is read.
  const given = [...hosted.keys()].flatMap(({ outputs, bodies }) =>
    bodies.length > 0 ? outputs.filter(isRead) : outputs,
  );
  const set = [...given, ...grouping.states];
  const telling = [...hosted.keys()].filter(tells).flatMap(({ outputs }) => outputs);
  const newSizes = () => new SizeTable(graph, set, new Set([...grouping.states, ...telling]));
  const sizes = newSizes();
  const layout = new Layout(graph, { grouping, schedule, sizes, target, storages, hosted });
  const work = new WorkList(newSizes(), (value) => layout.placeOf(value));
  const host = new HostValues(layout, sizes);
  const modules = new Numbering<string>((wgsl) => wgsl);
  const pipelines = new Numbering<Plan['pipelines'][number]>((p) => `${p.module} ${p.layout}`);

  const proof = proofFor(target);
  const found = new Set<Bounds>();

  const dispatch = ({ group, tactic }: Emitted, { emitter, launch }: EmittedStage, wgsl: string): Dispatch => {
    const { bindings, params } = emitter.shader;
    const layoutKinds = [...bindings.map(({ kind }) => kind), ...(params.length > 0 ? (['uniform'] as const) : [])];
    const bound: PlanBinding[] = emitter.slots.map((slot) => layout.binding(slot));
    if (params.length > 0) bound.push(layout.paramBlock(params));
    return {
      pipeline: pipelines.of({ module: modules.of(wgsl), entryPoint: 'main', layout: layoutKinds }),
      bindings: bound,
      workgroups: [sizes.size(launch.workgroups)],
      label: tacticLabel(tactic),
      nodes: originsOf(coveredNodes(group, grouping, ends)),
    };
  };
  const dispatches = (item: Emitted): Dispatch[] => {
    const secured = item.stages.map(proof);
    for (const { bounds } of secured) found.add(bounds);
    work.add(
      item,
      secured.map(({ bounds }) => bounds),
    );
    return item.stages.map((stage, i) => dispatch(item, stage, secured[i]!.wgsl));
  };
  const writer = new StepWriter(host, isRead, dispatches);
  const written = writer.write(schedule);
  const steps = [...layout.clearing(), ...written];
  const plan: Plan = {
    name: graph.name,
    inputs: graph.inputs.map((value) => host.port(value.name, value, true)),
    outputs: graph.outputs.map(({ name, value }) => host.port(name, value, false)),
    constraints: host.constraints(graph),
    modules: modules.items,
    pipelines: pipelines.items,
    steps,
    hostNodes: [
      ...grouping.host.map((node) => hostNode(node, SHAPE_ARITHMETIC)),
      ...[...walkSteps(steps)].flatMap((step, number) => {
        const node = writer.hostSteps.get(step);
        return node ? [hostNode(node, hosted.get(node)!, number)] : [];
      }),
    ],
    ...(host.values.length > 0 ? { values: host.values } : {}),
    ...layout.finish(requirementsOf([...emitted.values()].flatMap(({ stages }) => stages))),
    symbols: sizes.symbols((value) => host.of(value)),
    exprs: sizes.exprs,
    work: work.finish(layout.memory),
    inBounds: !found.has('open'),
  };
  return { plan, blobs: layout.blobs };
}

/**
 * Legalizes a graph, places all nodes and writes their shaders; where one has too many bindings, its node goes to the host, and
 * all anew.
 */
export function placeAndEmit(graph: Graph, target: Target, options: CompileOptions & Pick<PlaceOptions, 'onVariant'>) {
  const { noHost = false, kernels = standardKernels, int64 = 'checked', timings, onVariant } = options;
  const wide = legalized(graph, target, options);
  for (;;) {
    const placed = place(graph, target, { kernels, int64, timings, onVariant }, wide);
    if (noHost && (placed.hosted.size > 0 || graph.inputs.some(({ type }) => !storageOf(type.dtype))))
      throw refused(graph, placed.hosted);
    const emitted = emitAll(placed, target, options);
    const known = wide.size;
    for (const [{ anchor, nodes }, one] of emitted) {
      const reason = wideReason(one, target);
      if (reason !== undefined) wide.set(anchor ?? nodes[0]!, reason);
    }
    if (wide.size === known) return { placed, emitted };
  }
}

/** Legalizes a graph. Returns the nodes that are left to the host although kernels could serve them. */
function legalized(graph: Graph, target: Target, options: CompileOptions): Map<Node, string> {
  const { noHost = false, kernels = standardKernels, int64, onHost } = options;
  const settled = onHost && !noHost ? settle(graph, onHost, rangesOf(graph, kernels, int64), target) : new Map();
  legalize(graph, target, settled);
  const left = new Set([...graph.withBodies()].flatMap(({ nodes }) => [...nodes]));
  return new Map([...settled].filter(([node]) => left.has(node)));
}

function emitAll(
  { grouping, tactics: byCost, storages }: Placed,
  target: Target,
  { choose = ([first]) => first, timings, onProgress }: CompileOptions,
): Map<Group, Emitted> {
  const chosen = grouping.groups.map((group) => {
    const problem = timings && problemKey(group, { grouping, storages, limits: target.limits });
    const tactics = problem ? byTime(byCost.get(group)!, problem, timings) : byCost.get(group)!;
    const tactic = choose(tactics, group);
    if (!tactic)
      throw new TrtxError('CODEGEN', 'no tactic was chosen', { node: group.nodes[0]!.name, hint: 'See `choose`.' });
    return { group, tactic, tactics, problem };
  });
  const emitted = chosen.map(({ group, tactic, ...choice }, i): [Group, Emitted] => {
    const emitter = new Emitter(group, grouping, storages, target);
    const launch = tactic.kernel.emit(emitter, { group, grouping, target, formats: tactic.formats }, tactic.params);
    onProgress?.(i + 1, chosen.length, tactic.kernel.id);
    return [group, { ...choice, group, tactic, stages: stagesOf(emitter, launch) }];
  });
  return new Map(emitted);
}

const SHAPE_ARITHMETIC = 'shape arithmetic, computed from the input shapes whenever they change';

function hostNode(node: Node, reason: string, step?: number): HostNode {
  const nodes = originsOf([node]);
  return { node: node.name, nodes, op: opName(node.op), reason, ...(step === undefined ? {} : { step }) };
}

export function originsOf(nodes: Iterable<Node>): string[] {
  return [...new Set([...nodes].flatMap(({ origin }) => origin))];
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
