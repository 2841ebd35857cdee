// Decoding by ImageMagick, whose codecs (libjpeg-turbo, OpenJPEG, libpng, libtiff, libwebp) are those of the library that
// ONNX's own cases were made with.

import {
  ColorSpace,
  type IMagickImage,
  ImageMagick,
  initializeImageMagick,
  MagickImageInfo,
  MagickReadSettings,
  ResourceLimits,
} from '@imagemagick/magick-wasm';
import { TrtxError } from '@trtx/errors';
import { formatOf } from './format.ts';

export type PixelFormat = 'RGB' | 'BGR' | 'Grayscale';

/** Pixels in row-major order, the channels of each together. */
export interface Image {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly pixels: Uint8Array;
}

/** Past these a file is refused: a picture of a few bytes may claim any size. */
const MAX_SIDE = 65_535;
const MAX_PIXELS = 2 ** 27;
const MAX_MEMORY = 2n ** 30n;

/** Compiles the decoder. To be called, and waited for, before anything is decoded. */
export async function initialize(wasm: URL | Uint8Array | WebAssembly.Module): Promise<void> {
  await initializeImageMagick(wasm);
  ResourceLimits.width = BigInt(MAX_SIDE);
  ResourceLimits.height = BigInt(MAX_SIDE);
  ResourceLimits.area = BigInt(MAX_PIXELS);
  ResourceLimits.memory = MAX_MEMORY;
  ResourceLimits.maxMemoryRequest = MAX_MEMORY;
  // No pixels outside of memory.
  ResourceLimits.disk = 0n;
}

/**
 * The first picture of a file; of what cannot be decoded, one of no pixels, as ONNX has it.
 * @throws TrtxError IMAGE_TOO_LARGE for more than 2^27 pixels or 65,535 along a side
 */
export function decodeImage(encoded: Uint8Array, pixelFormat: PixelFormat): Image {
  const channels = pixelFormat === 'Grayscale' ? 1 : 3;
  const none: Image = { height: 0, width: 0, channels, pixels: new Uint8Array(0) };
  const format = formatOf(encoded);
  if (!format) return none;
  const settings = new MagickReadSettings({ format, frameIndex: 0, frameCount: 1 });
  const size = attempt(() => MagickImageInfo.create(encoded, settings));
  if (!size) return none;
  const { width, height } = size;
  if (width > MAX_SIDE || height > MAX_SIDE || width * height > MAX_PIXELS)
    throw new TrtxError('IMAGE_TOO_LARGE', `a picture of ${width} × ${height} pixels`, {
      hint: `At most ${MAX_PIXELS} pixels are decoded, ${MAX_SIDE} along a side.`,
    });
  const image = attempt(() => ImageMagick.read(encoded, settings, (picture) => pixelsOf(picture, pixelFormat)));
  return image ? { ...image, channels } : none;
}

function pixelsOf(picture: IMagickImage, pixelFormat: PixelFormat): Omit<Image, 'channels'> {
  const { width, height } = picture;
  if (picture.colorSpace === ColorSpace.CMYK) picture.colorSpace = ColorSpace.sRGB;
  const mapping = pixelFormat === 'BGR' ? 'BGR' : 'RGB';
  const colors = picture.getPixels((pixels) => pixels.toByteArray(0, 0, width, height, mapping));
  if (!colors) throw new Error('no pixels');
  return { height, width, pixels: pixelFormat === 'Grayscale' ? luma(colors) : colors };
}

/** Rec. 601 in 16 bits, as Pillow has it. */
function luma(rgb: Uint8Array): Uint8Array {
  const gray = new Uint8Array(rgb.length / 3);
  for (let i = 0; i < gray.length; i++)
    gray[i] = (19_595 * rgb[3 * i]! + 38_470 * rgb[3 * i + 1]! + 7471 * rgb[3 * i + 2]! + 2 ** 15) >> 16;
  return gray;
}

/** What is computed, or undefined where the decoder fails. */
function attempt<T>(decode: () => T): T | undefined {
  try {
    return decode();
  } catch {
    return undefined;
  }
}
