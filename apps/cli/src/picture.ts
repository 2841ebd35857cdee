// @trtx/cli/picture: pictures in memory as plain RGBA bytes. Decoding is left to @napi-rs/canvas (Skia).

import { readFile } from 'node:fs/promises';
import { createCanvas, type Image, loadImage } from '@napi-rs/canvas';
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
          throw fail(cause.code === 'ENOENT' ? 'there is no such file' : `it cannot be read: ${cause.code}`, cause);
        });
  if (!isPicture(bytes)) throw fail('it is neither PNG nor JPEG');
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
