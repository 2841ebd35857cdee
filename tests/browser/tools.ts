// The script of a page that measures, compares and reduces with nothing but what browsers have; `result` is what came of it.

import { builtSubject, compareValues, precisionOf, reduceGraph, referenceSubject } from '@trtx/debug';
import { bench, layersOf, observeDevice, profile, summarizeProfile, traceOf } from '@trtx/profiler';
import { deviceDescriptor, type HostTensor } from '@trtx/runtime';
import { profilePage } from '@trtx/viewer';
import { layersGraph, layersInput } from '../../packages/debug/src/testing/models.ts';

export interface ToolsResult {
  readonly latencies: number;
  readonly mode: string;
  readonly nodes: readonly (readonly string[])[];
  readonly traced: number;
  readonly page: string;
  readonly same: boolean;
  readonly compared: readonly string[];
  readonly reduced: readonly string[];
  readonly halfIsEnough: boolean;
}

async function work(): Promise<ToolsResult> {
  const adapter = await navigator.gpu.requestAdapter();
  const { device, timeline } = observeDevice(await adapter!.requestDevice(deviceDescriptor(adapter!)));
  const graph = layersGraph();
  const built = await builtSubject(graph, { device, software: true });
  const { engine } = built;
  const inputs = Object.fromEntries(layersInput) as unknown as Record<string, HostTensor>;
  const { runs } = await bench(engine, inputs, { warmUpMs: 5, durationMs: 20 });
  const report = await profile(engine, inputs, { iterations: 3, mostMs: 100, timeline });
  const plan = layersOf(engine.plan);
  const tolerance = { rtol: 1e-3, atol: 1e-4 };
  const { ok, tensors } = await compareValues(built, referenceSubject(graph), layersInput, { graph, ...tolerance });
  const { graph: part } = await reduceGraph(graph, layersInput, async (one) =>
    [...one.nodes].some(({ op }) => op.name === 'Softmax'),
  );
  const result = {
    latencies: runs.latency.samples.length,
    mode: report.mode,
    nodes: report.dispatches.map(({ nodes }) => nodes),
    traced: traceOf(timeline.spans).traceEvents.length,
    page: profilePage({ title: 'layers', plan, profile: summarizeProfile(report) }),
    same: ok,
    compared: tensors.map(({ name }) => name),
    reduced: [...part.nodes].map(({ op }) => op.name),
    halfIsEnough: (await precisionOf(graph, layersInput)).ok,
  };
  await engine.dispose();
  return result;
}

Object.assign(globalThis, { result: work().catch((error) => ({ error: String(error.stack ?? error) })) });
