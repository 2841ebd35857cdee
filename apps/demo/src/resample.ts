/** Resizing, cutting and turning of pictures. */
import type { Picture } from './picture.ts';

/**
 * Resizes with a triangle filter: bilinear interpolation when growing; when shrinking, the filter widens with the
 * factor, so that thin strokes fade evenly and do not fall between samples. Rows and columns are done one after the
 * other.
 */
export function resize(picture: Picture, width: number, height: number): Picture {
  if (width === picture.width && height === picture.height) return picture;
  const columns = filterTaps(picture.width, width);
  const rows = filterTaps(picture.height, height);
  const wide = new Float32Array(width * picture.height * 4);
  for (let y = 0; y < picture.height; y++) {
    blend(picture.data, y * picture.width * 4, 4, columns, wide, y * width * 4, 4);
  }
  const data = new Uint8ClampedArray(width * height * 4);
  for (let x = 0; x < width; x++) blend(wide, x * 4, width * 4, rows, data, x * 4, width * 4);
  return { width, height, data };
}

/** Turns a picture by 180 degrees. */
export function turnHalf(picture: Picture): Picture {
  const { width, height } = picture;
  return remap(picture, width, height, (x, y) => (height - 1 - y) * width + (width - 1 - x));
}

/** Turns a picture by 90 degrees counterclockwise: its right edge becomes the top one. */
export function turnQuarter(picture: Picture): Picture {
  const { width, height } = picture;
  return remap(picture, height, width, (x, y) => x * width + (width - 1 - y));
}

/** The first `width` columns of a picture. */
export function cropWidth(picture: Picture, width: number): Picture {
  const { height } = picture;
  return width === picture.width ? picture : remap(picture, width, height, (x, y) => y * picture.width + x);
}

/** The source samples and weights that make up one target sample. */
interface Taps {
  first: number;
  weights: Float32Array;
}

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

type Samples = Float32Array | Uint8ClampedArray;

/** Filters one row or column of RGBA pixels; a step is the distance of neighbours in the array. */
function blend(from: Samples, start: number, step: number, taps: Taps[], to: Samples, toStart: number, toStep: number) {
  for (let i = 0; i < taps.length; i++) {
    const { first, weights } = taps[i];
    let r = 0;
    let g = 0;
    let b = 0;
    let a = 0;
    for (let k = 0, at = start + first * step; k < weights.length; k++, at += step) {
      const weight = weights[k];
      r += weight * from[at];
      g += weight * from[at + 1];
      b += weight * from[at + 2];
      a += weight * from[at + 3];
    }
    const at = toStart + i * toStep;
    to[at] = r;
    to[at + 1] = g;
    to[at + 2] = b;
    to[at + 3] = a;
  }
}

/** Makes a picture whose pixel (x, y) is the source's pixel number `source(x, y)`. */
function remap(picture: Picture, width: number, height: number, source: (x: number, y: number) => number): Picture {
  const from = new Uint32Array(picture.data.slice().buffer);
  const to = new Uint32Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) to[y * width + x] = from[source(x, y)];
  }
  return { width, height, data: new Uint8ClampedArray(to.buffer) };
}
