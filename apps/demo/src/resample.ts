/** Cutting and turning of pictures. */
import type { Picture } from '@trtx/cli/picture';

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

/** Makes a picture whose pixel (x, y) is the source's pixel number `source(x, y)`. */
function remap(picture: Picture, width: number, height: number, source: (x: number, y: number) => number): Picture {
  const from = new Uint32Array(picture.rgba.slice().buffer);
  const to = new Uint32Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) to[y * width + x] = from[source(x, y)];
  }
  return { width, height, rgba: new Uint8ClampedArray(to.buffer) };
}
