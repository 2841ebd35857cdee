/**
 * Pictures in memory and on disk. A picture is plain RGBA bytes, so the rest of the pipeline depends on no codec.
 * Decoding, encoding and drawing are left to @napi-rs/canvas (Skia).
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createCanvas, type Image, ImageData, loadImage } from '@napi-rs/canvas';

/** RGBA bytes, row-major, `width * height * 4` of them. Coordinates: (0, 0) is the top left corner of the first pixel. */
export interface Picture {
  width: number;
  height: number;
  data: Uint8ClampedArray;
}

/** The file is missing, is no picture, or is one that cannot be handled. The message is written for the user. */
export class PictureError extends Error {
  override name = 'PictureError';
}

/** Decoding more than this many pixels would take gigabytes. */
const MAX_PIXELS = 100e6;

const SIGNATURES: Record<string, number[]> = {
  PNG: [0x89, 0x50, 0x4e, 0x47],
  JPEG: [0xff, 0xd8, 0xff],
};

/** Reads a PNG or JPEG. Transparent parts become white. Orientation tags (EXIF) are not followed. Throws PictureError. */
export async function loadPicture(path: string): Promise<Picture> {
  const bytes = await readBytes(path);
  const isKnown = Object.values(SIGNATURES).some((signature) => signature.every((byte, i) => bytes[i] === byte));
  if (!isKnown) throw new PictureError(`${path} is not a picture: it is neither PNG nor JPEG`);
  let image: Image;
  try {
    image = await loadImage(bytes);
  } catch (error) {
    throw new PictureError(`${path} cannot be decoded: ${error instanceof Error ? error.message : error}`);
  }
  const { width, height } = image;
  if (width === 0 || height === 0) throw new PictureError(`${path} cannot be decoded: it has no pixels`);
  if (width * height > MAX_PIXELS) throw new PictureError(`${path} is too large: ${width} x ${height} pixels`);
  const context = createCanvas(width, height).getContext('2d');
  context.fillStyle = 'white';
  context.fillRect(0, 0, width, height);
  context.drawImage(image, 0, 0);
  return { width, height, data: context.getImageData(0, 0, width, height).data };
}

/** Writes a PNG, and makes its folder when there is none. Throws PictureError. */
export async function savePicture(path: string, picture: Picture): Promise<void> {
  const canvas = createCanvas(picture.width, picture.height);
  canvas.getContext('2d').putImageData(new ImageData(picture.data, picture.width, picture.height), 0, 0);
  const bytes = await canvas.encode('png');
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
  } catch (error) {
    throw new PictureError(`${path} cannot be written: ${(error as NodeJS.ErrnoException).code}`);
  }
}

async function readBytes(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') throw new PictureError(`${path} does not exist`);
    if (code === 'EISDIR') throw new PictureError(`${path} is a folder, not a picture`);
    throw new PictureError(`${path} cannot be read: ${code}`);
  }
}
