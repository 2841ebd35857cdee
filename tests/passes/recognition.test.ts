// What is recognized in real networks: how many nodes of each op are there after optimization, and that nothing of their
// written-out form is left. Weights in files of their own are made up here, small and all different.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { importModel, type ResolveExternal } from '@trtx/onnx';
import { optimize } from '@trtx/passes';
import { expect, it } from 'vitest';
import { hasShared, OCR, sharedModel } from '../support/models.ts';

const TRANSFORMER = ['Erf', 'Pow', 'Sqrt', 'ReduceMean', 'Sigmoid'];

/** File, how many of each op there are, and ops of which there are none. */
const MODELS: Record<string, [file: string, counts: Record<string, number>, gone: readonly string[]]> = {
  ...generated('vit_tiny', { LayerNormalization: 25, Gelu: 12 }, TRANSFORMER),
  ...generated('bert_base', { LayerNormalization: 25, Gelu: 12 }, TRANSFORMER),
  ...generated('gpt2', { LayerNormalization: 25, Gelu: 12, Tanh: 0 }, TRANSFORMER),
  ...generated('llama_tiny', { RMSNormalization: 13, Swish: 6 }, TRANSFORMER),
  ...generated('whisper_tiny_encoder', { LayerNormalization: 9, Gelu: 6 }, TRANSFORMER),
  magika: [
    sharedModel('magika', 'model.onnx'),
    { LayerNormalization: 2, Gelu: 2, Softmax: 1 },
    ['Tanh', 'Sqrt', 'Reciprocal', 'ReduceSum', 'ReduceMax', 'Exp'],
  ],
  detector: [OCR.detector, { HardSwish: 24, HardSigmoid: 10 }, ['Clip']],
  recognizer: [OCR.recognizer, { HardSwish: 28, HardSigmoid: 2, Swish: 7, LayerNormalization: 5 }, TRANSFORMER],
  classifier: [OCR.classifier, { HardSwish: 18, HardSigmoid: 9 }, ['Clip']],
};

/** A model as PyTorch's two exporters write it. */
function generated(name: string, counts: Record<string, number>, gone: readonly string[]): typeof MODELS {
  const of = (variant: string): (typeof MODELS)[string] => [
    join(sharedModel('generated', variant), 'model.onnx'),
    counts,
    gone,
  ];
  return { [name]: of(name), [`${name}_dynamo`]: of(`${name}_dynamo`) };
}

/** Numbers of which each file offset sees others, so that no two weights are equal. */
const PERIOD = 1009;
let numbers = new Float32Array();

function weights(offset: number, length: number): Uint8Array {
  const start = (offset / 4) % PERIOD;
  const count = start + Math.ceil(length / 4);
  if (numbers.length < count) {
    numbers = new Float32Array(count + PERIOD);
    for (let i = 0; i < PERIOD; i++) numbers[i] = ((i * 7919) % PERIOD) / 1e4 - 0.05;
    for (let filled = PERIOD; filled < numbers.length; filled *= 2) numbers.copyWithin(filled, 0, filled);
  }
  return new Uint8Array(numbers.buffer, 4 * start, length);
}

const madeUp: ResolveExternal = async () => ({
  size: 2 ** 40,
  read: async (offset, length) => weights(offset, length),
});

it.each(Object.entries(MODELS).filter(([name]) => name in OCR || hasShared))(
  '%s',
  async (_, [file, counts, gone]) => {
    const { graph } = await importModel(readFileSync(file), { resolveExternal: madeUp });
    optimize(graph);
    const found = new Map<string, number>();
    for (const { op } of graph.nodes) found.set(op.name, (found.get(op.name) ?? 0) + 1);
    const wanted = { ...counts, ...Object.fromEntries(gone.map((op) => [op, 0])) };
    expect(Object.fromEntries(Object.keys(wanted).map((op) => [op, found.get(op) ?? 0]))).toEqual(wanted);
  },
  60_000,
);
