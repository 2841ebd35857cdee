// An engine as a subject: its outputs, and what its dispatches leave in memory on the way.

import { type BuildOptions, build, bytesOf, targetOf } from '@trtx/builder';
import { dispatchesOf, type Plan, type PlanTensor } from '@trtx/engine';
import { cloneGraph, type Graph, isContainer, type Tensor, type Tensors } from '@trtx/ir';
import { tapTensors } from '@trtx/profiler';
import { hostOps as referenceOps } from '@trtx/reference';
import { Engine, type HostTensor, type LoadOptions } from '@trtx/runtime';
import type { Maker, Subject } from '../subject.ts';

export interface EngineSubjectOptions {
  /** `webgpu` by default. */
  readonly name?: string;
}

/** An engine that is loaded; `dispose` leaves it as it is. What fusion keeps out of memory, the engine does not have. */
export function engineSubject(engine: Engine, { name = 'webgpu' }: EngineSubjectOptions = {}): Subject {
  const { plan } = engine;
  const makers = makersOf(plan);
  const outputs = writtenOutputs(plan);
  return {
    name,
    async values(inputs, wanted) {
      const given = hostTensors(inputs);
      const found = new Map<string, Tensor>();
      const isWanted = (one: string) => wanted === undefined || wanted.includes(one);
      const wants = (one: string) => isWanted(one) || isWanted(outputs.get(one)?.name ?? one);
      for await (const { name, dtype, dims, data } of tapTensors(engine, given, { wants })) {
        found.set(name, { dtype, dims, data });
        const output = outputs.get(name);
        // Behind a Reshape the output is called by another name and has another shape.
        if (output?.shape.join() === dims.join()) found.set(output.name, { dtype, dims, data });
      }
      const isComplete = plan.outputs.every((output) => found.has(output.name) || !isWanted(output.name));
      if (!isComplete) for (const [output, tensor] of await outputsOf(engine, given)) found.set(output, tensor);
      return found;
    },
    makerOf: (tensor) => makers.get(tensor),
  };
}

function makersOf(plan: Plan): Map<string, Maker> {
  const dispatches = [...dispatchesOf(plan.steps)];
  const makers = new Map<string, Maker>();
  plan.work?.dispatches.forEach(({ results = [] }, dispatch) => {
    const { label: tactic, nodes } = dispatches[dispatch]!;
    for (const { name } of results) makers.set(name, { dispatch, tactic, nodes });
  });
  for (const [name, output] of writtenOutputs(plan)) makers.set(output.name, makers.get(name)!);
  return makers;
}

/** Outputs that a dispatch writes whole, by the name that its result has. */
function writtenOutputs({ outputs, work }: Plan): Map<string, PlanTensor> {
  const written = new Map<string, PlanTensor>();
  for (const { results = [] } of work?.dispatches ?? [])
    for (const { name, at, offset, strides } of results) {
      const output = outputs.find(({ buffer }) => buffer === at.buffer);
      if (output && at.offset === 0 && offset === undefined && strides === undefined) written.set(name, output);
    }
  return written;
}

export interface BuiltSubject extends Subject {
  readonly engine: Engine;
  /** The graph that kernels were made for: as passes left it, before code generation. */
  readonly optimized: Graph;
}

export interface BuiltSubjectOptions extends Omit<BuildOptions, 'target' | 'profiles'>, EngineSubjectOptions {
  readonly device: GPUDevice;
  /** The adapter's `info.isFallbackAdapter`. */
  readonly software?: boolean;
  /** Functions for what the host computes; the reference kernels by default. */
  readonly hostOps?: LoadOptions['hostOps'];
}

/** Builds a copy of the graph for the device. @throws TrtxError as `build` and `Engine.load` */
export async function builtSubject(graph: Graph, options: BuiltSubjectOptions): Promise<BuiltSubject> {
  const { device, software = false, hostOps = referenceOps(), name, ...rest } = options;
  const stages: Graph[] = [];
  const { file } = build(cloneGraph(graph), {
    ...rest,
    target: targetOf(device, software),
    onOptimized(optimized, report) {
      stages.push(cloneGraph(optimized));
      rest.onOptimized?.(optimized, report);
    },
  });
  const engine = await Engine.load(bytesOf(file), { device, hostOps });
  return { ...engineSubject(engine, { name }), engine, optimized: stages[0]!, dispose: () => engine.dispose() };
}

function hostTensors(inputs: Tensors): Record<string, HostTensor> {
  return Object.fromEntries([...inputs].map(([name, { data, dims }]) => [name, { data, dims } as HostTensor]));
}

async function outputsOf(engine: Engine, given: Readonly<Record<string, HostTensor>>): Promise<[string, Tensor][]> {
  const context = engine.createContext();
  try {
    const outputs = await context.run(given);
    return engine.plan.outputs.flatMap(({ name, dtype }) => {
      const { data, dims } = outputs[name]!;
      return isContainer(dtype) ? [] : [[name, { dtype, dims, data: data as Tensor['data'] }] as [string, Tensor]];
    });
  } finally {
    await context.dispose();
  }
}
