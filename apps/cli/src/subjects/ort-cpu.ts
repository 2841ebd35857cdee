// ONNX Runtime as an oracle: graphs on its CPU provider, in a given opset.

import type { Graph } from '@trtx/ir';
import { exportModel, NOT_IN_ONNX_RUNTIME } from '@trtx/onnx';
import type { Opponent } from '../opponents/opponent.ts';
import { ortOpponent } from '../opponents/ort.ts';
import { importOrtNode } from '../opponents/ort-node.ts';

export interface OrtCpu {
  readonly name: string;
  /** With its optimizations off: they round otherwise, and leave tensors out. @throws TrtxError OPPONENT */
  open(graph: Graph): Promise<Opponent>;
}

/** @throws TrtxError PACKAGE_MISSING */
export async function ortCpu(opset: number): Promise<OrtCpu> {
  const ort = await importOrtNode();
  const name = `onnxruntime-node ${ort.env.versions.common}`;
  const options = { executionProviders: ['cpu'], graphOptimizationLevel: 'disabled' };
  return {
    name,
    open: (graph) =>
      ortOpponent(ort, { name, model: exportModel(graph, { opset, avoid: NOT_IN_ONNX_RUNTIME }), options }),
  };
}
