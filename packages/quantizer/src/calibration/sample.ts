// Samples are checked before they are run: what is wrong with data is told with the sample's index and the tensor.

import { isTrtxError, TrtxError } from '@trtx/errors';
import { elementCount, type Graph, isContainer, lanesOf, type Tensor, type Tensors } from '@trtx/ir';
import { bindInputs } from '@trtx/reference';
import { firstNotFinite, float32Of } from './observer.ts';

/** The inputs of one run, or of a batch that is run at once. */
export type Samples = AsyncIterable<Tensors> | Iterable<Tensors>;

/**
 * @throws TrtxError CALIBRATION_DATA where a sample does not fit the graph's inputs (names, types, shapes, number of
 *   elements), CALIBRATION_NAN where an element is no finite number
 */
export function checkSample(graph: Graph, sample: Tensors, index: number): void {
  try {
    bindInputs(graph, sample);
  } catch (error) {
    if (!isTrtxError(error)) throw error;
    const { summary, place, hint, details } = error;
    throw new TrtxError('CALIBRATION_DATA', `sample ${index}: ${summary}`, { ...place, hint, details, cause: error });
  }
  for (const [name, tensor] of sample) {
    const { dtype, dims, data } = tensor;
    const count = elementCount(dims) * lanesOf(dtype);
    if (!isContainer(dtype) && data.length !== count)
      throw new TrtxError('CALIBRATION_DATA', `sample ${index}: ${data.length} elements for [${dims.join(', ')}]`, {
        tensor: name,
      });
    checkFinite(name, tensor, index, 'Take the sample out, or mend what makes it.');
  }
}

/** @throws TrtxError CALIBRATION_NAN, naming sample, tensor and element */
export function checkFinite(name: string, tensor: Tensor, index: number, hint: string): void {
  const at = firstNotFinite(tensor);
  if (at < 0) return;
  const value = float32Of(tensor)[at];
  throw new TrtxError('CALIBRATION_NAN', `sample ${index}: element ${at} is ${value}`, {
    tensor: name,
    hint,
  });
}
