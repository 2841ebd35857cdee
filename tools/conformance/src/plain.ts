// Cases whose tensors are all of types that every GPU computes with, or that are packed in words: those are what GPUs are
// measured by. What has strings, 64-bit floats or other types that no GPU has is the host's in part, by nature.

import type { DType, Graph, Value } from '@trtx/ir';

const PLAIN: ReadonlySet<DType> = new Set(['float32', 'int32', 'int64', 'bool', 'int8', 'uint8']);

/** Whether all tensors of a model and of its bodies are: inputs, constants and results. Sequences are no tensors. */
export function isPlain(graph: Graph): boolean {
  const areAll = (values: readonly (Value | null)[]) => values.every((value) => !value || PLAIN.has(value.type.dtype));
  return [...graph.withBodies()].every(
    (each) =>
      areAll(each.inputs) &&
      areAll(each.outputs.map(({ value }) => value)) &&
      each.topological().every(({ inputs, outputs }) => areAll(inputs) && areAll(outputs)),
  );
}
