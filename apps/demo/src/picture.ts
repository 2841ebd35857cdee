/** Pictures on disk, as the demo reads and writes them. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createCanvas, ImageData } from '@napi-rs/canvas';
import { decodePicture, onWhite, type Picture } from '@trtx/cli/picture';
import { TrtxError } from '@trtx/errors';

/** Reads a PNG or JPEG. Transparent parts become white. Throws TrtxError PICTURE. */
export async function loadPicture(path: string): Promise<Picture> {
  return onWhite(await decodePicture(path));
}

/** Writes a PNG, and makes its folder when there is none. Throws TrtxError PICTURE. */
export async function savePicture(path: string, { width, height, rgba }: Picture): Promise<void> {
  const canvas = createCanvas(width, height);
  canvas.getContext('2d').putImageData(new ImageData(rgba, width, height), 0, 0);
  const bytes = await canvas.encode('png');
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new TrtxError('PICTURE', `it cannot be written: ${code}`, {
      file: path,
      hint: 'Name a file that can be written.',
      cause,
    });
  }
}
