// What docs/optimized.md has to show. That it is what its command writes is checked in tests/full.

import { expect, it } from 'vitest';
import { GENERATED, HEAVY } from '../support/models.ts';
import { nodeTable } from '../support/node-table.ts';
import { REAL } from '../support/real-models.ts';

const table = nodeTable();

it('has every model', () => {
  expect(table.map(({ model }) => model)).toEqual([...GENERATED, ...HEAVY, ...Object.keys(REAL)]);
});

it('never leaves more nodes than ONNX Runtime does at its basic level', () => {
  expect(table.filter(({ own, newest, basic }) => !(own <= basic && newest <= basic))).toEqual([]);
});

it.each(['vit_tiny', 'bert_base', 'gpt2', 'llama_tiny'])('leaves of %s at most 0.6 of that', (name) => {
  const { own, basic } = table.find(({ model }) => model === name)!;
  expect(own / basic).toBeLessThanOrEqual(0.6);
});

it.each([
  ['vit_tiny', ['12 Attention', '25 LayerNormalization', '12 Gelu']],
  ['bert_base', ['12 Attention', '25 LayerNormalization', '12 Gelu']],
  ['gpt2', ['12 Attention', '25 LayerNormalization', '12 Gelu']],
  ['llama_tiny', ['6 Attention', '13 RMSNormalization', '6 Swish', '12 RotaryEmbedding']],
  ['whisper_tiny_encoder', ['4 Attention', '9 LayerNormalization', '6 Gelu']],
])('recognizes all of %s, whichever exporter wrote it', (name, recognized) => {
  for (const model of [name, `${name}_dynamo`])
    expect(table.find((row) => row.model === model)!.recognized).toEqual(recognized);
});
