// onnxruntime-node: native, on its WebGPU provider or on the CPU.

import { importOpponent, type OpenOpponent } from './opponent.ts';
import { type OrtModule, ortOpponent } from './ort.ts';

export const openOrtNode: OpenOpponent = async (model, provider) => {
  const ort = await importOrtNode();
  const name = `onnxruntime-node ${ort.env.versions.common} (${provider})`;
  return ortOpponent(ort, { name, model, options: { executionProviders: [provider] } });
};

/** @throws TrtxError PACKAGE_MISSING */
export async function importOrtNode(): Promise<OrtModule> {
  const found = await importOpponent<OrtModule & { default?: OrtModule }>('onnxruntime-node');
  // A CommonJS module, whose exports are named or not as the loader sees them.
  return found.default ?? found;
}
