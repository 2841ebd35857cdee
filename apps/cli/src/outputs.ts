// Tensors as files of a folder.

import { join } from 'node:path';
import type { Tensor } from '@trtx/ir';
import { writeWhole } from './files.ts';
import { encodeNpy } from './tensors/npy.ts';

/** Writes each tensor to `<name>.npy`; the paths by name. */
export async function writeTensors(folder: string, tensors: ReadonlyMap<string, Tensor>): Promise<Map<string, string>> {
  const paths = new Map<string, string>();
  const files = fileNames([...tensors.keys()]);
  for (const [name, tensor] of tensors) {
    const path = join(folder, `${files.get(name)}.npy`);
    await writeWhole(path, [encodeNpy(tensor)]);
    paths.set(name, path);
  }
  return paths;
}

/** A file name for each tensor name, safe on every system and different from the others, letter case aside. */
export function fileNames(names: readonly string[]): Map<string, string> {
  const taken = new Set<string>();
  const files = new Map<string, string>();
  for (const name of names) {
    const safe =
      name
        .replace(/[^A-Za-z0-9._-]+/g, '_')
        .replace(/^[._]+|[._]+$/g, '')
        .slice(0, 100) || 'output';
    const base = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(safe) ? `_${safe}` : safe;
    let file = base;
    for (let i = 2; taken.has(file.toLowerCase()); i++) file = `${base}-${i}`;
    taken.add(file.toLowerCase());
    files.set(name, file);
  }
  return files;
}
