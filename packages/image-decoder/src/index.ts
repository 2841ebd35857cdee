// ImageDecoder for engines and for the reference. Nothing of @trtx imports this package: who needs it passes it in.

import type { Tensor } from '@trtx/ir';
import type { HostOp, ReferenceKernel } from '@trtx/reference';
import { decodeImage, type Image, initialize, type PixelFormat } from './decode.ts';

export type { Image, PixelFormat };

export interface ImageDecoder {
  /**
   * The first picture of a file of BMP, JPEG, JPEG 2000, PNG, PBM, PGM, PPM, TIFF or WebP; of what cannot be decoded, one
   * of no pixels, as ONNX has it. Transparency is left out; JPEGs are not turned as their metadata say.
   * @throws TrtxError IMAGE_TOO_LARGE for more than 2^27 pixels or 65,535 along a side
   */
  decode(encoded: Uint8Array, pixelFormat?: PixelFormat): Image;
  /** For `Engine.load`: ImageDecoder alone, beside what else the engine needs. */
  readonly hostOps: ReadonlyMap<string, HostOp>;
  /** For `standardKernels.with`. */
  readonly kernel: ReferenceKernel;
}

/**
 * Opens the decoder.
 * @param wasm `@imagemagick/magick-wasm/magick.wasm`: its address, its bytes or the compiled module. In Node,
 *   `openImageDecoder` of `@trtx/image-decoder/node` finds it.
 */
export async function openImageDecoder(wasm: URL | Uint8Array | WebAssembly.Module): Promise<ImageDecoder> {
  await initialize(wasm);
  const tensorOf = (encoded: Uint8Array, pixelFormat: PixelFormat): Tensor => {
    const { height, width, channels, pixels } = decodeImage(encoded, pixelFormat);
    return { dtype: 'uint8', dims: [height, width, channels], data: pixels };
  };
  const hostOp: HostOp = ({ pixel_format = 'RGB' }, [encoded]) => [
    tensorOf(encoded!.data as Uint8Array, pixel_format as PixelFormat),
  ];
  return {
    decode: (encoded, pixelFormat = 'RGB') => decodeImage(encoded, pixelFormat),
    hostOps: new Map([['ImageDecoder', hostOp]]),
    kernel: {
      serves: { op: 'ImageDecoder' },
      run: ({ at, inputs }) => [tensorOf(inputs[0]!.data as Uint8Array, at.string('pixel_format') as PixelFormat)],
    },
  };
}
