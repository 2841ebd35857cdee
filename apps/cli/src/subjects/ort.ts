// ONNX Runtime as a subject: the model with what lies between as further outputs, on the CPU, as it stands.

import type { Subject } from '@trtx/debug';
import { cloneGraph, type Graph, isContainer } from '@trtx/ir';
import { exportModel, NOT_IN_ONNX_RUNTIME } from '@trtx/onnx';
import { ortOpponent } from '../opponents/ort.ts';
import { importOrtNode } from '../opponents/ort-node.ts';

/** With its optimizations off: they round otherwise, and leave tensors out. @throws TrtxError PACKAGE_MISSING, OPPONENT */
export async function openOrtSubject(graph: Graph, opset: number): Promise<Subject> {
  const ort = await importOrtNode();
  const name = `onnxruntime-node ${ort.env.versions.common}`;
  return {
    name,
    async values(inputs, wanted) {
      const extended = withOutputs(graph, wanted && new Set(wanted));
      const model = exportModel(extended, { opset, avoid: NOT_IN_ONNX_RUNTIME });
      const options = { executionProviders: ['cpu'], graphOptimizationLevel: 'disabled' };
      const session = await ortOpponent(ort, { name, model, options });
      try {
        return new Map(await session.run(inputs));
      } finally {
        await session.release();
      }
    },
  };
}

/** A copy that gives the tensors of its nodes as outputs, those of bodies apart. */
function withOutputs(graph: Graph, wanted: ReadonlySet<string> | undefined): Graph {
  const copy = cloneGraph(graph);
  const names = new Set(copy.outputs.map(({ name }) => name));
  for (const node of copy.topological())
    for (const value of node.outputs)
      if (!names.has(value.name) && !isContainer(value.type.dtype) && (wanted?.has(value.name) ?? true))
        copy.addOutput(value.name, value);
  return copy;
}
