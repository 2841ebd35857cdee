// Values of cases as runners take and give them.

import { readFileSync } from 'node:fs';
import { elementCount, type Tensor } from '@trtx/ir';
import { type DeclaredValue, type FileValue, readValueFile } from '@trtx/onnx';
import { tensorOf } from '@trtx/reference';

/** A tensor, a sequence, or an optional without a value. */
export type Value = Tensor | readonly Value[] | null;

export function isTensor(value: Value): value is Tensor {
  return value !== null && !Array.isArray(value);
}

/** The value in a `.pb` file, which is of the kind that the model declares. */
export function readValue(file: string, declared: DeclaredValue): Value {
  const kind = declared.type === 'a sequence' ? 'sequence' : declared.type === 'an optional' ? 'optional' : 'tensor';
  return plain(readValueFile(readFileSync(file), kind));
}

function plain(value: FileValue): Value {
  if (value.kind === 'tensor') return tensorOf(value.tensor);
  if (value.kind === 'sequence') return value.items.map(plain);
  return value.value && plain(value.value);
}

/** What upstream feeds the light models: i/n for the i-th of n elements. */
export function ramp({ name, dims }: DeclaredValue): Tensor {
  if (!dims?.every((dim) => typeof dim === 'number')) throw new Error(`input ${name} has no fixed shape`);
  const count = elementCount(dims);
  return { dtype: 'float32', dims, data: Float32Array.from({ length: count }, (_, i) => i / count) };
}

/** `float32[2,3]`, `sequence of 2` */
export function describe(value: Value): string {
  if (value === null) return 'nothing';
  return isTensor(value) ? `${value.dtype}[${value.dims}]` : `a sequence of ${value.length}`;
}
