// Resizing pictures.

import type { Picture } from './picture.ts';

/**
 * Resizes with a triangle filter: bilinear interpolation when growing; when shrinking, the filter widens with the factor,
 * so that nothing falls between samples (what Pillow and torchvision call bilinear with antialias).
 */
export function resizePicture(picture: Picture, width: number, height: number): Picture {
  if (width === picture.width && height === picture.height) return picture;
  const columns = filterTaps(picture.width, width);
  const rows = filterTaps(picture.height, height);
  const wide = new Float32Array(width * picture.height * 4);
  for (let y = 0; y < picture.height; y++)
    blend(picture.rgba, { start: y * picture.width * 4, step: 4 }, columns, wide, { start: y * width * 4, step: 4 });
  const rgba = new Uint8ClampedArray(width * height * 4);
  for (let x = 0; x < width; x++) {
    const column = { start: x * 4, step: width * 4 };
    blend(wide, column, rows, rgba, column);
  }
  return { width, height, rgba };
}

/** The source samples and weights that make up one target sample. */
interface Taps {
  readonly first: number;
  readonly weights: Float32Array;
}

/** A row or column of pixels: where it starts, and how far neighbours lie apart. */
interface Line {
  readonly start: number;
  readonly step: number;
}

type Samples = Float32Array | Uint8ClampedArray;

function filterTaps(from: number, to: number): Taps[] {
  const scale = from / to;
  const radius = Math.max(1, scale);
  return Array.from({ length: to }, (_, i) => {
    const center = (i + 0.5) * scale - 0.5;
    const first = Math.max(0, Math.ceil(center - radius));
    const last = Math.min(from - 1, Math.floor(center + radius));
    const weights = Float32Array.from({ length: last - first + 1 }, (_, k) =>
      Math.max(0, 1 - Math.abs(first + k - center) / radius),
    );
    const sum = weights.reduce((a, b) => a + b, 0);
    return { first, weights: weights.map((weight) => weight / sum) };
  });
}

function blend(from: Samples, source: Line, taps: readonly Taps[], to: Samples, target: Line): void {
  for (const [i, { first, weights }] of taps.entries())
    for (let channel = 0; channel < 4; channel++) {
      let sum = 0;
      let at = source.start + first * source.step + channel;
      for (const weight of weights) {
        sum += weight * from[at]!;
        at += source.step;
      }
      to[target.start + i * target.step + channel] = sum;
    }
}
