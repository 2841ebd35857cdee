// Attentions of real networks are found, whichever exporter wrote them out; and a network computes the same with them.

import type { Graph, Node, Tensor } from '@trtx/ir';
import { importFile } from '@trtx/onnx/node';
import { optimize } from '@trtx/passes';
import { ReferenceRunner, toFloat64 } from '@trtx/reference';
import { describe, expect, it } from 'vitest';
import { hasShared, hydrated, readTensors } from '../support/models.ts';

interface Found {
  readonly attentions: number;
  /** Those that take keys and values of earlier steps, and give all of them on. */
  readonly cached: number;
  /** Those whose heads of keys and values serve several heads of queries each. */
  readonly grouped: number;
  readonly rotary: number;
  /** Transposes that are left: one in front of a vision or audio encoder, one of angles. */
  readonly transposes: number;
}

const ENCODER = { cached: 0, grouped: 0, rotary: 0, transposes: 1 };
const LLAMA = { attentions: 6, cached: 6, grouped: 6, rotary: 12 };

const MODELS: [string, Found][] = [
  ['vit_tiny', { ...ENCODER, attentions: 12 }],
  ['vit_tiny_dynamo', { ...ENCODER, attentions: 12 }],
  ['whisper_tiny_encoder', { ...ENCODER, attentions: 4 }],
  ['whisper_tiny_encoder_dynamo', { ...ENCODER, attentions: 4 }],
  ['bert_base', { ...ENCODER, attentions: 12, transposes: 0 }],
  ['bert_base_dynamo', { ...ENCODER, attentions: 12, transposes: 0 }],
  ['gpt2', { ...ENCODER, attentions: 12, cached: 12, transposes: 0 }],
  ['gpt2_dynamo', { ...ENCODER, attentions: 12, cached: 12, transposes: 0 }],
  ['llama_tiny', { ...LLAMA, transposes: 1 }],
  ['llama_tiny_dynamo', { ...LLAMA, transposes: 0 }],
];

/** The reference is quick enough for these. */
const COMPUTED = ['vit_tiny', 'vit_tiny_dynamo', 'llama_tiny', 'llama_tiny_dynamo'];

describe.runIf(hasShared).each(MODELS)('%s', (name, found) => {
  it('has its attentions found', async () => {
    const { graph } = await importFile(hydrated(name).model);
    const outputs = graph.outputs.map(typeOf);
    optimize(graph, { verify: true });
    expect(foundIn(graph)).toEqual(found);
    expect(nodesOf(graph, 'Softmax')).toEqual([]);
    expect(graph.outputs.map(typeOf)).toEqual(outputs);
    if (COMPUTED.includes(name)) await expectComputed(graph, name);
  });
});

function foundIn(graph: Graph): Found {
  const attentions = nodesOf(graph, 'Attention');
  const heads = ({ inputs, attributes }: Node) =>
    attributes.has('q_num_heads')
      ? [attributes.get('q_num_heads'), attributes.get('kv_num_heads')]
      : [inputs[0]!.type.shape[1], inputs[1]!.type.shape[1]];
  return {
    attentions: attentions.length,
    cached: attentions.filter(({ inputs, outputs }) => inputs[4] && inputs[5] && outputs.length === 3).length,
    grouped: attentions.filter((node) => heads(node)[0] !== heads(node)[1]).length,
    rotary: nodesOf(graph, 'RotaryEmbedding').length,
    transposes: nodesOf(graph, 'Transpose').length,
  };
}

function nodesOf(graph: Graph, name: string): Node[] {
  return [...graph.nodes].filter(({ op }) => op.domain === '' && op.name === name);
}

function typeOf({ name, value }: Graph['outputs'][number]): string {
  return `${name}: ${value.type.dtype}[${value.type.shape}]`;
}

/** What the model's own framework computed, within 1e-5 of the largest element. */
async function expectComputed(graph: Graph, name: string): Promise<void> {
  const { inputs, outputs } = hydrated(name);
  const actual = await new ReferenceRunner(graph).run(readTensors(inputs));
  for (const [output, expected] of readTensors(outputs)) {
    const [a, b] = [actual.get(output)!, expected].map((tensor: Tensor) => toFloat64(tensor)) as [
      Float64Array,
      Float64Array,
    ];
    const largest = b.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    const worst = b.reduce((most, x, i) => Math.max(most, Math.abs(x - a[i]!)), 0);
    expect(worst, output).toBeLessThanOrEqual(1e-5 * largest);
  }
}
