// What `--input` says: which input, and where its elements come from.

import { quote, TrtxError } from '@trtx/errors';
import { DTYPES, type DType } from '@trtx/ir';

export type InputSource =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'raw'; readonly path: string; readonly dtype: DType; readonly dims: readonly number[] }
  | { readonly kind: 'random'; readonly seed: number };

const SYNTAX =
  'Write name=@file.npy, name=@picture.png, name=@file.bin:float32:1x3x224x224, name=random or name=random:7.';

/**
 * Reads the arguments of `--input`, by input name.
 * @throws TrtxError USAGE that quotes what could not be read
 */
export function parseInputs(args: readonly string[]): Map<string, InputSource> {
  const sources = new Map<string, InputSource>();
  for (const arg of args) {
    const [, name, path, seed] = /^(.+?)=(?:@(.+)|random(?::(\d{1,9}))?)$/s.exec(arg) ?? [];
    if (!name) throw new TrtxError('USAGE', `cannot read the input ${quote(JSON.stringify(arg))}`, { hint: SYNTAX });
    if (sources.has(name))
      throw new TrtxError('USAGE', 'the input is given twice', { tensor: name, hint: 'Give it once.' });
    sources.set(name, path === undefined ? { kind: 'random', seed: Number(seed ?? 0) } : parseFile(path, name));
  }
  return sources;
}

function parseFile(text: string, tensor: string): InputSource {
  const [, path, type, shape] = /^(.+):([a-z0-9]+):((?:\d+(?:x\d+)*)?)$/s.exec(text) ?? [];
  if (!path) {
    if (!text.endsWith('.bin')) return { kind: 'file', path: text };
    throw new TrtxError('USAGE', 'a raw file needs a type and a shape', { tensor, file: text, hint: SYNTAX });
  }
  const dtype = DTYPES.find((known) => known === type && known !== 'string');
  if (!dtype)
    throw new TrtxError('USAGE', `${quote(type!)} is no element type of raw files`, {
      tensor,
      hint: `Types are ${DTYPES.filter((known) => known !== 'string').join(', ')}.`,
    });
  return { kind: 'raw', path, dtype, dims: shape ? shape.split('x').map(Number) : [] };
}
