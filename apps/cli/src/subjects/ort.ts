// ONNX Runtime as a subject: the model with what lies between as further outputs, on the CPU, as it stands.

import type { Subject } from '@trtx/debug';
import { cloneGraph, type Graph, isContainer } from '@trtx/ir';
import { ortCpu } from './ort-cpu.ts';

/** @throws TrtxError PACKAGE_MISSING, OPPONENT */
export async function openOrtSubject(graph: Graph, opset: number): Promise<Subject> {
  const ort = await ortCpu(opset);
  return {
    name: ort.name,
    async values(inputs, wanted) {
      const session = await ort.open(withOutputs(graph, wanted && new Set(wanted)));
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
