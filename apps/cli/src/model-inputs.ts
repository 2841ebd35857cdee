// Tensors that are given for a model, against what its graph declares.

import { quote, TrtxError } from '@trtx/errors';
import { type Graph, printType, type Tensors, type Value } from '@trtx/ir';

/**
 * Types, ranks and fixed sizes, before anything is built; dynamic sizes are checked by the run.
 * @throws TrtxError TENSOR_UNKNOWN, INPUT_MISSING, TENSOR_TYPE, TENSOR_SHAPE
 */
export function checkInputs(graph: Graph, inputs: Tensors): void {
  for (const name of inputs.keys())
    if (!graph.inputs.some((input) => input.name === name)) throw unknownTensor('input', name, graph.inputs);
  for (const { name, type } of graph.inputs) {
    const tensor = inputs.get(name);
    if (!tensor)
      throw new TrtxError('INPUT_MISSING', `the model needs this input, ${printType(type)}`, {
        tensor: name,
        hint: 'Add it to the index.json of --inputs.',
      });
    const { dtype, dims } = tensor;
    const fits = dtype === type.dtype && dims.length === type.shape.length;
    if (!fits || type.shape.some((dim, axis) => typeof dim === 'number' && dim !== dims[axis]))
      throw new TrtxError(
        dtype === type.dtype ? 'TENSOR_SHAPE' : 'TENSOR_TYPE',
        `the tensor is ${printType({ dtype, shape: dims })}, the model takes ${printType(type)}`,
        { tensor: name, hint: 'Correct the file, or its entry in index.json.' },
      );
  }
}

export function unknownTensor(what: string, name: string, all: readonly Pick<Value, 'name'>[]): TrtxError {
  const hint = `Its ${what}s are ${all.map((one) => quote(one.name)).join(', ') || 'none'}.`;
  return new TrtxError('TENSOR_UNKNOWN', `the model has no such ${what}`, { tensor: name, hint });
}
