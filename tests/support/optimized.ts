// Optimized files of whole models: ONNX Runtime has to compute from them what it computes from the originals.

import { fileURLToPath } from 'node:url';
import { cloneGraph, elementCount, type Graph, isFloat, type Tensor } from '@trtx/ir';
import { exportModel, type ImportedModel, NOT_IN_ONNX_RUNTIME } from '@trtx/onnx';
import { importFile } from '@trtx/onnx/node';
import { optimize, shortenFile } from '@trtx/passes';
import { toFloat64 } from '@trtx/reference';
import { expect } from 'vitest';
import { randomTensor } from '../../apps/cli/src/tensors/random.ts';
import { RATE, VOICE, voice } from './audio.ts';
import { hydrated, readTensors } from './models.ts';
import { ortRunner } from './ort.ts';
import { photoTensor } from './photos.ts';
import { importOptions, REAL } from './real-models.ts';
import { asFloat32, beforeChoices } from './restated.ts';

/** Sizes of the dynamic dimensions of real models, in order; 1 for those that are not told. */
const SIZES: Readonly<Record<string, readonly number[]>> = {
  'ocr-rec': [2, 64],
  'ocr-cls': [2, 48, 96],
  'oww-mel': [1, 4000],
  'oww-embedding': [2],
  'silero-v4': [1, 512],
  'silero-ifless': [1, 576],
};

/** Inputs whose elements mean something. */
const KNOWN: Readonly<Record<string, Tensor>> = {
  sr: { dtype: 'int64', dims: [], data: BigInt64Array.of(16000n) },
};

/** A picture with texts: without any, the detector's scores are so near 0 that all digits of them are roundings. */
const PAGE = fileURLToPath(new URL('../../apps/demo/assets/demo.png', import.meta.url));

/** A sample in the middle of a word. */
const SPOKEN = 3 * RATE;

/** |a − e| ≤ this · max|e| */
const TOLERANCE = 1e-4;

/** A model as it was made, and what ONNX Runtime computes from its file. */
export interface Original {
  readonly graph: Graph;
  readonly model: ImportedModel['model'];
  readonly inputs: ReadonlyMap<string, Tensor>;
  readonly expected: ReadonlyMap<string, Tensor>;
  /** The graph whose file is run to compare what the model computes. */
  readonly runAs: (graph: Graph) => Graph;
}

/**
 * Of random weights, thousands of scores are equal but for roundings: which are chosen, and in what order, ONNX Runtime
 * itself tells otherwise at each of its levels.
 */
const COMPARED_BEFORE_CHOICES = ['ssdlite320'];

/** ONNX Runtime's CPU has no float16: it puts in Casts and takes some out, and rounds otherwise from file to file. */
const COMPARED_IN_FLOAT32 = ['isnet-fp16'];

/** A model, real or generated, as it was read, with inputs that mean something to it. */
export async function fedModel(
  name: string,
): Promise<ImportedModel & { readonly path: string; readonly inputs: ReadonlyMap<string, Tensor> }> {
  const generated = REAL[name] ? undefined : hydrated(name);
  const path = generated?.model ?? REAL[name]!()!;
  const imported = await importFile(path, importOptions(name));
  const inputs = generated ? readTensors(generated.inputs) : await feeds(name, imported.graph);
  return { ...imported, path, inputs };
}

/** A model with its inputs, and what ONNX Runtime computes of them. */
export async function originalOf(name: string): Promise<Original> {
  const { path, graph: whole, model, inputs } = await fedModel(name);
  const graph = COMPARED_BEFORE_CHOICES.includes(name) ? beforeChoices(whole) : whole;
  const runAs = COMPARED_IN_FLOAT32.includes(name) ? asFloat32 : (own: Graph) => own;
  const constants = Object.entries(KNOWN).filter(([input]) => importOptions(name).constants?.has(input));
  const isWhole = graph === whole && runAs(graph) === graph;
  const file = isWhole ? path : exportModel(runAs(graph), { opset: ownOpset(model), avoid: NOT_IN_ONNX_RUNTIME });
  const expected = await runFile(file, new Map([...inputs, ...constants]));
  return { graph, model, inputs, expected, runAs };
}

/** What ONNX Runtime computes from a file, given by its path or as bytes. */
export async function runFile(
  file: string | Uint8Array,
  inputs: ReadonlyMap<string, Tensor>,
): Promise<Map<string, Tensor>> {
  const runner = await ortRunner(file);
  try {
    return new Map(await runner.run(new Map(inputs)));
  } finally {
    await runner.dispose?.();
  }
}

/**
 * Optimizes a model, real or generated, and expects ONNX Runtime to compute the same from the files of each opset.
 * @param opsets beside the model's own
 */
export async function expectOptimizedLikeOriginal(name: string, opsets: readonly number[] = []): Promise<void> {
  const { graph, model, inputs, expected, runAs } = await originalOf(name);
  optimize(graph);
  const own = ownOpset(model);
  for (const opset of new Set([own, ...opsets]))
    expectAllNear(
      await runFile(
        exportModel(runAs(graph), { opset, avoid: NOT_IN_ONNX_RUNTIME, shorten: (spelled) => shortenFile(spelled) }),
        inputs,
      ),
      expected,
      `opset ${opset}`,
    );
}

/**
 * Expects ONNX Runtime to compute the same from a model that was optimized with any pass left out. A pass that has nothing
 * to do in the model makes no difference by being left out.
 */
export async function expectPassesOptional(name: string): Promise<void> {
  const { graph, model, inputs, expected, runAs } = await originalOf(name);
  const { passes } = optimize(cloneGraph(graph));
  for (const { pass, firings } of passes) {
    if (firings === 0) continue;
    const copy = cloneGraph(graph);
    optimize(copy, { skip: [pass] });
    expectAllNear(
      await runFile(exportModel(runAs(copy), { opset: ownOpset(model), avoid: NOT_IN_ONNX_RUNTIME }), inputs),
      expected,
      `without ${pass}`,
    );
  }
}

/** The model's opset, in the range that is written and that ONNX Runtime reads. */
export function ownOpset(model: Original['model']): number {
  return Math.min(Math.max(model.opsets.get('')!, 17), 26);
}

/** Random tensors in the shapes of the graph's inputs, or what the model is about. */
async function feeds(name: string, graph: Graph): Promise<Map<string, Tensor>> {
  if (name === 'ocr-det') return new Map([['x', await photoTensor(PAGE, [1, 3, 256, 256])]]);
  const sound = name.startsWith('silero') && VOICE ? voice().subarray(SPOKEN) : undefined;
  const sizes = new Map<string, number>();
  const told = [...(SIZES[name] ?? [])];
  return new Map(
    graph.inputs.map((input) => {
      const dims = input.type.shape.map((dim) => {
        if (typeof dim === 'number') return dim;
        const size = sizes.get(dim.key) ?? told.shift() ?? 1;
        sizes.set(dim.key, size);
        return size;
      });
      const known = KNOWN[input.name];
      const tensor = known ?? randomTensor(input.type.dtype, dims, 1);
      if (sound && !known) hear(sound, input.name, tensor.data as Float32Array);
      return [input.name, tensor];
    }),
  );
}

/** A voice, and the state before all sound: of noise, too, scores are near 0. */
function hear(sound: Float32Array, input: string, data: Float32Array): void {
  if (input === 'input') data.set(sound.subarray(0, data.length));
  else data.fill(0);
}

function expectAllNear(
  outputs: ReadonlyMap<string, Tensor>,
  expected: ReadonlyMap<string, Tensor>,
  what: string,
): void {
  expect([...outputs.keys()].sort()).toEqual([...expected.keys()].sort());
  for (const [output, tensor] of expected) expectNear(outputs.get(output)!, tensor, `${output}, ${what}`);
}

function expectNear(actual: Tensor, expected: Tensor, what: string): void {
  expect(`${actual.dtype}[${actual.dims}]`, what).toBe(`${expected.dtype}[${expected.dims}]`);
  const [a, e] = [toFloat64(actual), toFloat64(expected)];
  let [largest, worst] = [0, 0];
  for (let i = 0; i < elementCount(expected.dims); i++) {
    largest = Math.max(largest, Math.abs(e[i]!));
    worst = Math.max(worst, Object.is(a[i], e[i]) ? 0 : Math.abs(a[i]! - e[i]!));
  }
  expect(worst, what).toBeLessThanOrEqual(isFloat(expected.dtype) ? TOLERANCE * largest : 0);
}
