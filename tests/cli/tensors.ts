// Folders of tensors as `trtx verify` reads them, and the files that `trtx run` writes.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tensor, Tensors } from '@trtx/ir';
import { decodeNpy } from '../../apps/cli/src/tensors/npy.ts';

/** Writes tensors with their index; the folder. */
export function writeFolder(folder: string, tensors: Tensors): string {
  mkdirSync(folder, { recursive: true });
  const index = [...tensors].map(([name, { dtype, dims, data }], i) => {
    const file = `${i}.bin`;
    writeFileSync(join(folder, file), data as Uint8Array);
    return { name, file, dtype, dims };
  });
  writeFileSync(join(folder, 'index.json'), JSON.stringify(index));
  return folder;
}

export function readNpy(path: string): Tensor {
  return decodeNpy(path, new Uint8Array(readFileSync(path)));
}
