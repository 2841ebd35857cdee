// Raw tensors: little-endian elements in row-major order, those below 8 bits packed, and nothing else; alone or in a folder with an index.

import { join } from 'node:path';
import { quote, TrtxError } from '@trtx/errors';
import {
  byteLength,
  DTYPES,
  type DType,
  elementCount,
  elementsOf,
  isContainer,
  type Tensor,
  type Tensors,
} from '@trtx/ir';
import { constantOfTensor } from '@trtx/reference';
import { jsonBytes, makeFolder, readBytes, writeWhole } from '../files.ts';

/** @throws TrtxError FILE_READ, or TENSOR_FILE where the file has another size than the shape */
export async function readRaw(path: string, dtype: DType, dims: readonly number[]): Promise<Tensor> {
  const bytes = await readBytes(path);
  const wanted = byteLength(dtype, elementCount(dims));
  if (bytes.length !== wanted)
    throw new TrtxError('TENSOR_FILE', `${bytes.length} bytes, where ${dtype}[${dims}] has ${wanted}`, {
      file: path,
      hint: 'A raw file has the elements and nothing else.',
    });
  // Small files come as slices of a shared pool, at any alignment.
  return { dtype, dims, data: elementsOf({ dtype, dims, read: () => bytes.slice() }) };
}

/**
 * The tensors of a folder: `index.json` lists `{name, file, dtype, dims}`, the files lie beside it.
 * @throws TrtxError FILE_READ, TENSOR_FILE
 */
export async function readFolder(folder: string): Promise<Map<string, Tensor>> {
  const path = join(folder, 'index.json');
  const tensors = new Map<string, Tensor>();
  for (const entry of parseIndex(path, new TextDecoder().decode(await readBytes(path)))) {
    if (tensors.has(entry.name)) throw badIndex(path, `${quote(entry.name)} is in it twice`);
    tensors.set(entry.name, await readRaw(join(folder, entry.file), entry.dtype, entry.dims));
  }
  return tensors;
}

/**
 * Writes tensors as `readFolder` reads them; the folder is made.
 * @throws TrtxError FILE_WRITE; TENSOR_FILE for strings, sequences and optionals, which have no bytes
 */
export async function writeFolder(folder: string, tensors: Tensors): Promise<void> {
  await makeFolder(folder);
  const index: IndexEntry[] = [];
  for (const [name, tensor] of tensors) {
    const { dtype, dims } = tensor;
    if (dtype === 'string' || isContainer(dtype))
      throw new TrtxError('TENSOR_FILE', `no raw file holds a ${dtype}`, {
        tensor: name,
        hint: 'Cut the model behind it: `trtx extract --inputs`.',
      });
    const file = `${index.length}.bin`;
    await writeWhole(join(folder, file), [constantOfTensor(tensor).read()]);
    index.push({ name, file, dtype, dims });
  }
  await writeWhole(join(folder, 'index.json'), [jsonBytes(index)]);
}

interface IndexEntry {
  readonly name: string;
  readonly file: string;
  readonly dtype: DType;
  readonly dims: readonly number[];
}

function parseIndex(path: string, text: string): IndexEntry[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw badIndex(path, 'it is not JSON', cause);
  }
  if (!Array.isArray(json)) throw badIndex(path, 'it is no list');
  return json.map((entry: Partial<IndexEntry> | null, i) => {
    const { name, file, dtype, dims } = entry ?? {};
    if (typeof name !== 'string' || typeof file !== 'string') throw badIndex(path, `entry ${i} has no name or no file`);
    if (!dtype || !DTYPES.includes(dtype) || dtype === 'string')
      throw badIndex(path, `entry ${i}: no type of raw files`);
    if (!Array.isArray(dims) || !dims.every((dim) => Number.isSafeInteger(dim) && dim >= 0))
      throw badIndex(path, `entry ${i} has no dims`);
    return { name, file, dtype, dims };
  });
}

function badIndex(path: string, why: string, cause?: unknown): TrtxError {
  const hint = 'It lists the tensors: [{"name": "x", "file": "0.bin", "dtype": "float32", "dims": [1, 3]}].';
  return new TrtxError('TENSOR_FILE', `the index cannot be read: ${why}`, { file: path, hint, cause });
}
