/**
 * Cuts a quad out of a picture and straightens it to an upright strip, as if photographed from the front: each pixel of
 * the strip is looked up through the projective map that takes the strip's corners to the quad's.
 */
import type { Picture } from '@trtx/cli/picture';
import { distance, type Point, type Quad } from './geometry.ts';
import { turnQuarter } from './resample.ts';

/** Strips that are this many times as high as wide hold a line that runs down or up. */
const TALL = 1.5;

/**
 * The strip in a quad, at the quad's own size in pixels. A tall one is turned by 90 degrees counterclockwise; whether
 * the line is then upside down is the classifier's question.
 */
export function rectify(picture: Picture, quad: Quad): Picture {
  const [topLeft, topRight, bottomRight, bottomLeft] = quad;
  const width = Math.max(1, Math.round(Math.max(distance(topLeft, topRight), distance(bottomLeft, bottomRight))));
  const height = Math.max(1, Math.round(Math.max(distance(topLeft, bottomLeft), distance(topRight, bottomRight))));
  const toPicture = projection(quad);
  const rgba = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      sample(picture, toPicture((x + 0.5) / width, (y + 0.5) / height), rgba, (y * width + x) * 4);
    }
  }
  const strip = { width, height, rgba };
  return height >= width * TALL ? turnQuarter(strip) : strip;
}

/**
 * The projective map from the unit square to a quad: (0, 0), (1, 0), (1, 1), (0, 1) go to its corners in their order
 * (closed form: Heckbert, "Fundamentals of Texture Mapping and Image Warping", 1989, section 2.2.3).
 */
export function projection([p0, p1, p2, p3]: Quad): (u: number, v: number) => Point {
  const dx1 = p1.x - p2.x;
  const dx2 = p3.x - p2.x;
  const dx3 = p0.x - p1.x + p2.x - p3.x;
  const dy1 = p1.y - p2.y;
  const dy2 = p3.y - p2.y;
  const dy3 = p0.y - p1.y + p2.y - p3.y;
  const determinant = dx1 * dy2 - dx2 * dy1;
  const g = determinant === 0 ? 0 : (dx3 * dy2 - dx2 * dy3) / determinant;
  const h = determinant === 0 ? 0 : (dx1 * dy3 - dx3 * dy1) / determinant;
  return (u, v) => {
    const w = g * u + h * v + 1;
    return {
      x: ((p1.x - p0.x + g * p1.x) * u + (p3.x - p0.x + h * p3.x) * v + p0.x) / w,
      y: ((p1.y - p0.y + g * p1.y) * u + (p3.y - p0.y + h * p3.y) * v + p0.y) / w,
    };
  };
}

/** Writes the bilinearly interpolated RGBA at a point; beyond the edge, the picture's edge pixels go on. */
function sample({ width, height, rgba }: Picture, { x, y }: Point, to: Uint8ClampedArray, at: number): void {
  const fx = Math.min(Math.max(x - 0.5, 0), width - 1);
  const fy = Math.min(Math.max(y - 0.5, 0), height - 1);
  const x0 = Math.floor(fx);
  const y0 = Math.floor(fy);
  const right = x0 + 1 < width ? 4 : 0;
  const down = y0 + 1 < height ? width * 4 : 0;
  const tx = fx - x0;
  const ty = fy - y0;
  const from = (y0 * width + x0) * 4;
  for (let i = from; i < from + 4; i++) {
    const top = rgba[i] * (1 - tx) + rgba[i + right] * tx;
    const bottom = rgba[i + down] * (1 - tx) + rgba[i + down + right] * tx;
    to[at++] = top * (1 - ty) + bottom * ty;
  }
}
