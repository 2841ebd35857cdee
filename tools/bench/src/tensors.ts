// The tensors that lie beside generated models.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { arrayType, type DType, type Tensor } from '@trtx/ir';

/** The tensors of a folder with an index.json, by name. */
export function readTensors(folder: string): Map<string, Tensor> {
  const index: { name: string; file: string; dims: number[]; dtype?: DType }[] = JSON.parse(
    readFileSync(join(folder, 'index.json'), 'utf8'),
  );
  return new Map(
    index.map(({ name, file, dims, dtype = 'float32' }): [string, Tensor] => {
      const bytes = readFileSync(join(folder, file));
      const data = new (arrayType(dtype))(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
      return [name, { dtype, dims, data } as Tensor];
    }),
  );
}
