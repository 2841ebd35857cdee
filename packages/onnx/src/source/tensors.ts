// All tensors of a model, with where they are: doors that somebody forgot have been the way in for attacks.

import type { ErrorPlace } from '@trtx/errors';
import type { TensorProto } from '../wire/index.ts';
import { attributeField } from './attributes.ts';
import { modelError } from './error.ts';
import type { SourceGraph, SourceNode } from './nodes.ts';
import { withBodies } from './read.ts';
import { type AnyTensorProto, isSparse, mostDense, partsOf } from './sparse.ts';
import { isExternal } from './tensor.ts';

export interface PlacedTensor {
  readonly tensor: AnyTensorProto;
  /** Its name and a node that reads it; of an attribute the name of the node's output, and the node. */
  readonly place: ErrorPlace;
  /** False for initializers that nothing reads. */
  readonly isRead: boolean;
}

/** The tensors of a graph and of the graphs in its nodes: initializers and attributes, dense and sparse. */
export function* tensorsOf(source: SourceGraph): IterableIterator<PlacedTensor> {
  for (const graph of withBodies(source)) {
    const readers = readersOf(graph);
    for (const [tensor, proto] of graph.initializers)
      yield { tensor: proto, place: { tensor, node: describe(readers.get(tensor)) }, isRead: readers.has(tensor) };
    for (const node of graph.nodes)
      for (const attribute of node.attributes) {
        const place = { tensor: node.outputs[0] || `${node.name}.${attribute.name}`, node: describe(node) };
        const value = attribute[attributeField(attribute) ?? 'name'];
        const found = [attribute.t, attribute.sparse_tensor, attribute.tensors, attribute.sparse_tensors];
        if (!found.includes(value as never)) continue;
        for (const tensor of [value as AnyTensorProto | AnyTensorProto[] | undefined].flat())
          if (tensor) yield { tensor, place, isRead: true };
      }
  }
}

function describe(node: SourceNode | undefined): string | undefined {
  return node && `${node.name} (${node.op})`;
}

/** The first node that reads each value; undefined for what is an output alone. */
function readersOf({ nodes, outputs }: SourceGraph): Map<string, SourceNode | undefined> {
  const readers = new Map<string, SourceNode | undefined>(outputs.map(({ name }) => [name!, undefined]));
  for (const node of nodes)
    for (const name of [...node.inputs, ...node.captures])
      if (name !== '' && !readers.get(name)) readers.set(name, node);
  return readers;
}

/** The tensors that are read and whose data is in files of their own. */
export function externalTensors(source: SourceGraph): Map<TensorProto, ErrorPlace> {
  const found = new Map<TensorProto, ErrorPlace>();
  for (const { tensor, place, isRead } of tensorsOf(source))
    if (isRead) for (const part of partsOf(tensor)) if (isExternal(part)) found.set(part, place);
  return found;
}

/** @throws TrtxError ONNX_MODEL where sparse tensors would take too much memory together, though none does alone */
export function checkSparse(source: SourceGraph): void {
  let [dense, stored] = [0, 0];
  for (const { tensor, place, isRead } of tensorsOf(source)) {
    if (!isRead || !isSparse(tensor)) continue;
    const own = tensor.dims.reduce((count, dim) => count * Number(dim), 1);
    const values = Number(tensor.values?.dims[0] ?? 0);
    // Who reads it says more of one that is too large alone.
    if (own > mostDense(values)) continue;
    dense += own;
    stored += values;
    if (dense > mostDense(stored)) throw modelError('sparse tensors that are too large together', place);
  }
}
