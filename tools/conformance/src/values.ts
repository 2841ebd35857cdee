// Values of cases as runners take and give them.

import { readFileSync } from 'node:fs';
import { elementCount, isContainer, type Tensor } from '@trtx/ir';
import { type DeclaredValue, type FileValue, readValueFile } from '@trtx/onnx';
import { tensorOf } from '@trtx/reference';

/** The value in a `.pb` file, which is of the kind that the model declares. */
export function readValue(file: string, declared: DeclaredValue): Tensor {
  const kind = declared.type === 'a sequence' ? 'sequence' : declared.type === 'an optional' ? 'optional' : 'tensor';
  return plain(readValueFile(readFileSync(file), kind));
}

function plain(value: FileValue): Tensor {
  if (value.kind === 'tensor') return tensorOf(value.tensor);
  const items = value.kind === 'sequence' ? value.items : value.value ? [value.value] : [];
  return { dtype: value.kind, dims: [], data: items.map(plain) };
}

/** What a sequence or optional holds. */
export function itemsOf({ data }: Tensor): readonly Tensor[] {
  return data as readonly Tensor[];
}

/** What upstream feeds the light models: i/n for the i-th of n elements. */
export function ramp({ name, dims }: DeclaredValue): Tensor {
  if (!dims?.every((dim) => typeof dim === 'number')) throw new Error(`input ${name} has no fixed shape`);
  const count = elementCount(dims);
  return { dtype: 'float32', dims, data: Float32Array.from({ length: count }, (_, i) => i / count) };
}

/** `float32[2,3]`, `sequence of 2` */
export function describe(value: Tensor): string {
  return isContainer(value.dtype) ? `${value.dtype} of ${value.data.length}` : `${value.dtype}[${value.dims}]`;
}
