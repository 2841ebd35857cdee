// Every model at hand is imported: how many nodes, what goes in and what comes out; exported and imported again, it is the
// same graph. External weights are zeros here, since shapes do not depend on them.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { printType, structurallyEqual } from '@trtx/ir';
import { exportModel, importModel, type ResolveExternal, surveyModel } from '@trtx/onnx';
import { describe, expect, it } from 'vitest';
import { hasShared, OCR, sharedModel } from '../support/models.ts';

interface Expected {
  /** Of the file. */
  nodes: number;
  /** Of the graph, where Constant nodes are constants. */
  graphNodes: number;
  opset: number;
  parameters: number;
  /** Types of inputs and outputs; a type that several have in a row is there once, with how many. */
  inputs: string[];
  outputs: string[];
}

const IMAGE = 'float32[batch,3,224,224]';
const DYNAMIC = 'p2o.DynamicDimension';

// biome-ignore format: a table
const MODELS: Record<string, Expected> = {
  mnist: { nodes: 12, graphNodes: 12, opset: 8, parameters: 5998,
    inputs: ['float32[1,1,28,28]'],
    outputs: ['float32[1,10]'] },
  superres: { nodes: 12, graphNodes: 10, opset: 11, parameters: 59667,
    inputs: ['float32[1,1,224,224]'],
    outputs: ['float32[1,1,672,672]'] },
  magika: { nodes: 95, graphNodes: 95, opset: 15, parameters: 784519,
    inputs: ['int32[unk__214,2048]'],
    outputs: ['float32[unk__214,214]'] },
  detector: { nodes: 672, graphNodes: 330, opset: 11, parameters: 1171841,
    inputs: [`float32[${DYNAMIC}.0,3,${DYNAMIC}.1,${DYNAMIC}.2]`],
    outputs: [`float32[${DYNAMIC}.0,1,32*floor((${DYNAMIC}.1+31)/(32)),32*floor((${DYNAMIC}.2+31)/(32))]`] },
  recognizer: { nodes: 765, graphNodes: 440, opset: 9, parameters: 2690312,
    inputs: [`float32[${DYNAMIC}.0,3,48,${DYNAMIC}.1]`],
    outputs: [`float32[${DYNAMIC}.0,floor((${DYNAMIC}.1+3)/(8)),6625]`] },
  classifier: { nodes: 471, graphNodes: 221, opset: 9, parameters: 133665,
    inputs: [`float32[${DYNAMIC}.0,3,${DYNAMIC}.1,${DYNAMIC}.2]`],
    outputs: [`float32[${DYNAMIC}.0,2]`] },
  bert_base: { nodes: 1111, graphNodes: 821, opset: 17, parameters: 109484580,
    inputs: ['3 × int64[batch,seq]'],
    outputs: ['float32[batch,2]'] },
  bert_base_dynamo: { nodes: 374, graphNodes: 374, opset: 20, parameters: 109484299,
    inputs: ['3 × int64[1,128]'],
    outputs: ['float32[1,2]'] },
  espcn: { nodes: 8, graphNodes: 8, opset: 17, parameters: 59657,
    inputs: ['float32[1,1,h,w]'],
    outputs: ['float32[1,1,3*h,3*w]'] },
  gpt2: { nodes: 2552, graphNodes: 1638, opset: 17, parameters: 124440747,
    inputs: ['int64[batch,seq]', 'int64[batch,total]', '24 × float32[batch,12,past,64]'],
    outputs: ['float32[batch,seq,50257]', '24 × float32[batch,12,past+seq,64]'] },
  gpt2_dynamo: { nodes: 493, graphNodes: 493, opset: 20, parameters: 124439966,
    inputs: ['int64[1,4]', 'int64[1,20]', '24 × float32[1,12,16,64]'],
    outputs: ['float32[1,4,50257]', '24 × float32[1,12,20,64]'] },
  llama_tiny: { nodes: 1683, graphNodes: 1160, opset: 17, parameters: 25599032,
    inputs: ['int64[batch,seq]', 'int64[batch,total]', '12 × float32[batch,4,past,64]'],
    outputs: ['float32[batch,seq,8000]', '12 × float32[batch,4,past+seq,64]'] },
  llama_tiny_dynamo: { nodes: 385, graphNodes: 385, opset: 20, parameters: 25599124,
    inputs: ['int64[1,4]', 'int64[1,20]', '12 × float32[1,4,16,64]'],
    outputs: ['float32[1,4,8000]', '12 × float32[1,4,20,64]'] },
  mobilenet_v2: { nodes: 248, graphNodes: 178, opset: 17, parameters: 3538302,
    inputs: [IMAGE], outputs: ['float32[batch,1000]'] },
  resnet18: { nodes: 69, graphNodes: 69, opset: 17, parameters: 11699112,
    inputs: [IMAGE], outputs: ['float32[batch,1000]'] },
  resnet50: { nodes: 175, graphNodes: 175, opset: 17, parameters: 25610152,
    inputs: [IMAGE], outputs: ['float32[batch,1000]'] },
  squeezenet1_1: { nodes: 68, graphNodes: 68, opset: 17, parameters: 1235400,
    inputs: [IMAGE], outputs: ['float32[batch,1000]'] },
  unet: { nodes: 66, graphNodes: 66, opset: 17, parameters: 1929410,
    inputs: ['float32[batch,3,height,width]'],
    outputs: ['float32[batch,2,height,width]'] },
  vit_tiny: { nodes: 1108, graphNodes: 827, opset: 17, parameters: 5717699,
    inputs: [IMAGE], outputs: ['float32[batch,1000]'] },
  vit_tiny_dynamo: { nodes: 369, graphNodes: 369, opset: 20, parameters: 5756239,
    inputs: ['float32[1,3,224,224]'],
    outputs: ['float32[1,1000]'] },
  whisper_tiny_encoder: { nodes: 346, graphNodes: 248, opset: 17, parameters: 8209981,
    inputs: ['float32[1,80,3000]'],
    outputs: ['float32[1,1500,384]'] },
  whisper_tiny_encoder_dynamo: { nodes: 120, graphNodes: 120, opset: 20, parameters: 8209896,
    inputs: ['float32[1,80,3000]'],
    outputs: ['float32[1,1500,384]'] },
};

/** Models with ops that the registry lacks. Once it has them, they are to be imported like the others. */
const WITH_GAPS: Record<string, { nodes: number; gaps: string[] }> = {
  rnn_ctc: { nodes: 372, gaps: ['GRU', 'LSTM'] },
  rnn_ctc_dynamo: { nodes: 70, gaps: ['GRU', 'LSTM'] },
  ssdlite320: { nodes: 3636, gaps: ['If', 'NonMaxSuppression', 'NonZero', 'TopK'] },
  superres_with_codec: { nodes: 14, gaps: ['SuperResolutionPostProcess', 'SuperResolutionPreProcess'] },
};

const PATHS: Record<string, string> = {
  ...OCR,
  mnist: sharedModel('mnist', 'mnist.onnx'),
  superres: sharedModel('superres', 'supres_core.onnx'),
  superres_with_codec: sharedModel('superres', 'supres.onnx'),
  magika: sharedModel('magika', 'model.onnx'),
};

const read = (name: string) => readFileSync(PATHS[name] ?? join(sharedModel('generated', name), 'model.onnx'));

const zeros: ResolveExternal = async () => ({
  size: 2 ** 40,
  read: async (_, length) => new Uint8Array(length),
});

function runs(types: readonly string[]): string[] {
  const groups: { type: string; count: number }[] = [];
  for (const type of types) {
    const last = groups.at(-1);
    if (last?.type === type) last.count++;
    else groups.push({ type, count: 1 });
  }
  return groups.map(({ type, count }) => (count > 1 ? `${count} × ${type}` : type));
}

/** From here on comparing weights takes long and tells nothing new. */
const LARGE = 50e6;

const present = (name: string) => name in OCR || hasShared;

describe('models', () => {
  for (const [name, expected] of Object.entries(MODELS))
    it.skipIf(!present(name))(name, async () => {
      const bytes = read(name);
      const survey = surveyModel(bytes);
      expect(survey).toMatchObject({ nodes: expected.nodes, parameters: expected.parameters, unsupported: [] });
      const { graph, model } = await importModel(bytes, { resolveExternal: zeros });
      expect(model.opsets.get('')).toBe(expected.opset);
      expect(graph.nodes.size).toBe(expected.graphNodes);
      expect(runs(graph.inputs.map(({ type }) => printType(type)))).toEqual(expected.inputs);
      expect(runs(graph.outputs.map(({ value }) => printType(value.type)))).toEqual(expected.outputs);
      expect(graph.inputs.map((input) => input.name)).toEqual(survey.inputs.map((input) => input.name));
      expect(graph.outputs.map((output) => output.name)).toEqual(survey.outputs.map((output) => output.name));
      if (expected.parameters > LARGE) return;
      const again = await importModel(exportModel(graph));
      expect(structurallyEqual(graph, again.graph)).toBe(true);
    });

  for (const [name, { nodes, gaps }] of Object.entries(WITH_GAPS))
    it.skipIf(!hasShared)(`${name} is surveyed`, async () => {
      const bytes = read(name);
      const survey = surveyModel(bytes);
      expect(survey.nodes).toBe(nodes);
      const missing = [...new Set(survey.unsupported.map(({ op }) => op))];
      expect(gaps).toEqual(expect.arrayContaining(missing));
      const outcome = importModel(bytes, { resolveExternal: zeros });
      if (missing.length === 0) expect((await outcome).graph.nodes.size).toBeGreaterThan(0);
      else await expect(outcome).rejects.toMatchObject({ code: 'UNSUPPORTED_OPS' });
    });
});
