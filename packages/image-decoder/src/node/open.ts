// Where Node finds the decoder's module.

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { type ImageDecoder, openImageDecoder as open } from '../index.ts';

/** Opens the decoder with the module of the installed package. */
export async function openImageDecoder(): Promise<ImageDecoder> {
  const path = createRequire(import.meta.url).resolve('@imagemagick/magick-wasm/magick.wasm');
  return open(await readFile(path));
}
