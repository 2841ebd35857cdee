// Interpolation filters, as WGSL functions of the distance.

import type { Emitter } from '../emitter.ts';
import { literal } from '../wgsl/scalar.ts';

/** Declares a filter; its name. `coefficient` is that of the cubic one. */
export function declareFilter(e: Emitter, mode: 'linear' | 'cubic', coefficient: number): string {
  if (mode === 'linear') {
    e.shader.global('fn triangle(x: f32) -> f32 { return max(1.0f - abs(x), 0.0f); }');
    return 'triangle';
  }
  const a = literal(e.shader, coefficient, 'f32');
  // Keys, "Cubic convolution interpolation for digital image processing", 1981.
  e.shader.global(`fn cubic(x: f32) -> f32 {
  let d = abs(x);
  if (d < 1.0f) { return ((${a} + 2.0f) * d - (${a} + 3.0f)) * d * d + 1.0f; }
  return select(0.0f, ((d - 5.0f) * d + 8.0f) * d * ${a} - 4.0f * ${a}, d < 2.0f);
}`);
  return 'cubic';
}
