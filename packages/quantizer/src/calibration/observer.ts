// What is seen of a tensor over all samples: ranges, each sample's too, and a histogram. Calibrators work from these.

import { isFloat, type Tensor } from '@trtx/ir';
import { toFloat64 } from '@trtx/reference';
import type { Range } from '../scheme/parameters.ts';
import { Histogram } from './histogram.ts';

export class Observer {
  readonly histogram = new Histogram();
  /** One for each sample, in order; samples without elements have none. */
  readonly samples: Range[] = [];
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;

  /** Smallest and largest element; 0 where there was none. */
  get range(): Range {
    return this.samples.length > 0 ? { min: this.#min, max: this.#max } : { min: 0, max: 0 };
  }

  /** Elements in all. */
  get count(): number {
    return this.histogram.count;
  }

  /** Takes the elements of a sample, all finite. */
  add(values: Float32Array): void {
    if (values.length === 0) return;
    let [min, max] = [values[0]!, values[0]!];
    for (let i = 1; i < values.length; i++) {
      const value = values[i]!;
      if (value < min) min = value;
      if (value > max) max = value;
    }
    this.samples.push({ min, max });
    this.#min = Math.min(this.#min, min);
    this.#max = Math.max(this.#max, max);
    this.histogram.add(values);
  }
}

/** A float tensor's elements in float32: a view where they are. */
export function float32Of(tensor: Tensor): Float32Array {
  return tensor.data instanceof Float32Array ? tensor.data : Float32Array.from(toFloat64(tensor));
}

/** The position of the first element that is no finite number; -1 where all are, and for tensors of other types. */
export function firstNotFinite(tensor: Tensor): number {
  if (!isFloat(tensor.dtype)) return -1;
  return float32Of(tensor).findIndex((value) => !Number.isFinite(value));
}
