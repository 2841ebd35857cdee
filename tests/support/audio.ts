// Real sound for tests.

import { readFileSync } from 'node:fs';
import { packageFile } from './models.ts';

/** Twelve seconds of a voice, raw float32 at 44.1 kHz. Undefined where npm's `audio-lena` is not installed. */
export const VOICE = packageFile('audio-lena', 'lena.raw');

export const RATE = 16_000;
const SOURCE_RATE = 44_100;

/** The voice at 16 kHz, mono, −1 to 1. */
export function voice(): Float32Array {
  const source = new Float32Array(Uint8Array.from(readFileSync(VOICE!)).buffer);
  const step = SOURCE_RATE / RATE;
  // The mean of the samples that fall on each new one: a low-pass filter that is good enough here.
  return Float32Array.from({ length: Math.floor(source.length / step) }, (_, i) => {
    const part = source.subarray(Math.floor(i * step), Math.floor((i + 1) * step));
    return part.reduce((sum, x) => sum + x, 0) / part.length;
  });
}
