// @trtx/cli/picture: pictures in memory as plain RGBA bytes. Decoding is left to @napi-rs/canvas (Skia).

import { readFile } from 'node:fs/promises';
import type { Image } from '@napi-rs/canvas';
import { TrtxError } from '@trtx/errors';

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Row-major from the top left, `width * height * 4` bytes, alpha not multiplied in. */
  readonly rgba: Uint8ClampedArray;
}

/** Decoding more than this many pixels would take gigabytes. */
const MAX_PIXELS = 100e6;

const SIGNATURES: readonly (readonly number[])[] = [
  [0x89, 0x50, 0x4e, 0x47],
  [0xff, 0xd8, 0xff],
];

const REASONS: Readonly<Record<string, string>> = { ENOENT: 'there is no such file', EISDIR: 'it is a folder' };

/** Whether the bytes begin as a PNG or JPEG does. */
export function isPicture(bytes: Uint8Array): boolean {
  return SIGNATURES.some((signature) => signature.every((byte, i) => bytes[i] === byte));
}

/**
 * Reads a PNG or JPEG, from a path or from its bytes. Orientation tags (EXIF) are not followed.
 * @throws TrtxError PICTURE
 */
export async function decodePicture(source: string | Uint8Array): Promise<Picture> {
  const file = typeof source === 'string' ? source : undefined;
  const fail = (message: string, cause?: unknown) =>
    new TrtxError('PICTURE', message, { file, hint: 'Pictures are PNG or JPEG files.', cause });
  const bytes =
    typeof source !== 'string'
      ? source
      : await readFile(source).catch((cause) => {
          throw fail(REASONS[cause.code] ?? `it cannot be read: ${cause.code}`, cause);
        });
  if (!isPicture(bytes)) throw fail('it is neither PNG nor JPEG');
  // Its native library is loaded by those alone that have a picture.
  const { createCanvas, loadImage } = await import('@napi-rs/canvas');
  let image: Image;
  try {
    image = await loadImage(bytes);
  } catch (cause) {
    throw fail(`it cannot be decoded: ${(cause as Error).message}`, cause);
  }
  const { width, height } = image;
  if (width === 0 || height === 0) throw fail('it cannot be decoded: it has no pixels');
  if (width * height > MAX_PIXELS) throw fail(`it is too large: ${width} x ${height} pixels`);
  const context = createCanvas(width, height).getContext('2d');
  context.drawImage(image, 0, 0);
  return { width, height, rgba: context.getImageData(0, 0, width, height).data };
}

/** The picture on white, with nothing transparent left. */
export function onWhite({ width, height, rgba }: Picture): Picture {
  const opaque = new Uint8ClampedArray(rgba.length);
  for (let i = 0; i < rgba.length; i += 4) {
    const alpha = rgba[i + 3]! / 255;
    for (let c = 0; c < 3; c++) opaque[i + c] = rgba[i + c]! * alpha + 255 * (1 - alpha);
    opaque[i + 3] = 255;
  }
  return { width, height, rgba: opaque };
}

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
