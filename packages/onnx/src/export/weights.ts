// A second file for the weights, which models past 2 GB need: protocol buffers end there.

import type { Constant } from '@trtx/ir';

export interface ExternalWeights {
  /** Name of the file, beside the model. */
  readonly location: string;
  /** Constants with fewer bytes stay in the model; 1,024 by default. */
  readonly minBytes?: number;
}

/** The file as it grows. */
export interface WeightsFile extends ExternalWeights {
  readonly parts: Uint8Array[];
  size: number;
}

/** Where tensors begin in the file; memory mapping needs multiples of a page. */
const ALIGNMENT = 4096;
const DEFAULT_MIN_BYTES = 1024;

/** Puts the constant in the file if it is large enough; then gives the place of its bytes. */
export function placeWeights(file: WeightsFile, constant: Constant): { offset: number; length: number } | undefined {
  if (constant.strings) return undefined;
  const bytes = constant.read();
  if (bytes.length < (file.minBytes ?? DEFAULT_MIN_BYTES)) return undefined;
  const gap = (ALIGNMENT - (file.size % ALIGNMENT)) % ALIGNMENT;
  if (gap > 0) file.parts.push(new Uint8Array(gap));
  const offset = file.size + gap;
  file.parts.push(bytes);
  file.size = offset + bytes.length;
  return { offset, length: bytes.length };
}
