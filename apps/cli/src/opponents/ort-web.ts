// onnxruntime-web, made for browsers: in Node it gets the device and the WebAssembly file that it would fetch.

import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { surveyModel } from '@trtx/onnx';
import { readBytes } from '../files.ts';
import { entryOf, provideGpu } from './browser.ts';
import { importOpponent, type OpenOpponent } from './opponent.ts';
import { type OrtModule, ortOpponent } from './ort.ts';

const PACKAGE = 'onnxruntime-web';
/** What browsers get of it with WebGPU, which Node would not. */
const MODULE = 'ort.webgpu.bundle.min.mjs';

/**
 * V8 optimizes a WebAssembly function once so many bytes of it have been executed, in the background, and Node does not end
 * before that is done: a minute and more for the package's largest functions, which loading a model makes hot at the default
 * of 1.8 million. With this the loops of its kernels are optimized all the same, in the runs before those that count.
 */
const TIERING_BUDGET = 20_000_000;

interface OrtWeb extends OrtModule {
  readonly env: OrtModule['env'] & { readonly wasm: { numThreads: number; wasmBinary?: ArrayBuffer } };
}

export const openOrtWeb: OpenOpponent = async (model, provider, signal) => {
  await provideGpu(signal);
  setFlagsFromString(`--wasm-tiering-budget=${TIERING_BUDGET}`);
  const wasm = entryOf(PACKAGE, 'ort-wasm-simd-threaded.asyncify.wasm');
  const ort = await importOpponent<OrtWeb>(PACKAGE, pathToFileURL(join(dirname(wasm), MODULE)).href);
  // Threads are workers of a browser.
  ort.env.wasm.numThreads = 1;
  const { buffer, byteOffset, byteLength } = await readFile(wasm);
  ort.env.wasm.wasmBinary = (buffer as ArrayBuffer).slice(byteOffset, byteOffset + byteLength);
  const bytes = await readBytes(model);
  const externalData = await Promise.all(
    surveyModel(bytes).externalFiles.map(async (path) => ({ path, data: await readBytes(join(dirname(model), path)) })),
  );
  const name = `${PACKAGE} ${ort.env.versions.common} (${provider})`;
  const options = { executionProviders: [provider], externalData };
  return ortOpponent(ort, { name, model: bytes, options });
};
