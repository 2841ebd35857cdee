/**
 * Where is text? The detector gives each pixel the probability that it belongs to the (shrunken) core of a line. A
 * threshold makes a map, its connected components are lines, and each becomes a rotated rectangle, grown to the line's
 * true size. Method: Liao et al., "Real-time Scene Text Detection with Differentiable Binarization" (DB, AAAI 2020);
 * but for the growth, the constants are those of PP-OCRv4.
 */
import { type Picture, resizePicture } from '@trtx/cli/picture';
import { connectedComponents, outline } from './components.ts';
import { distance, minAreaRect, type Quad, type RotatedRect, rectContains, rectCorners, unclip } from './geometry.ts';
import { type Net, pictureToTensor, type Tensor } from './tensor.ts';

export interface DetectOptions {
  /** The longer side is shrunk to at most this many pixels. Default 960. */
  limitSide?: number;
  /** Pixels of a higher probability are text. Default 0.3. */
  threshold?: number;
  /** Boxes of a lower mean probability are dropped. Default 0.6. */
  boxThreshold?: number;
  /** How much a box grows, see `unclip`. Default 2: with PP-OCR's 1.5 the recognizer misses many spaces. */
  unclipRatio?: number;
}

/** The input shapes that the detector sees with the default options. */
export const DETECTOR_SHAPE = 'x:1x3x{32..960:32}x{32..960:32}';

/** Means and deviations of ImageNet. PP-OCR applies them, listed as red, green, blue, to planes in the reverse order. */
const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;

/** The networks halve the size five times. */
const STRIDE = 32;

/** Rectangles with a side below this, in pixels of the map, are noise. */
const MIN_SIDE = 3;

/** Finds lines of text: their quads in pixels of the picture, in reading order. */
export async function detectLines(picture: Picture, detector: Net, options: DetectOptions = {}): Promise<Quad[]> {
  const { width, height } = detectorSize(picture, options.limitSide);
  const map = await detector(pictureToTensor(resizePicture(picture, width, height), IMAGENET));
  const quads = boxesOfMap(map, options).map((quad) => scaleInto(quad, width, height, picture));
  return readingOrder(quads);
}

/** The size to which a picture is stretched: both sides multiples of 32, the longer one at most `limitSide`. */
export function detectorSize(picture: { width: number; height: number }, limitSide = 960) {
  const limit = Math.max(STRIDE, Math.floor(limitSide / STRIDE) * STRIDE);
  const shrink = Math.min(1, limit / Math.max(picture.width, picture.height));
  const fit = (side: number) => Math.max(STRIDE, Math.round((side * shrink) / STRIDE) * STRIDE);
  return { width: fit(picture.width), height: fit(picture.height) };
}

/** The text boxes in a probability map `[1, 1, H, W]`, in pixels of the map. */
export function boxesOfMap(map: Tensor, options: DetectOptions = {}): Quad[] {
  const { threshold = 0.3, boxThreshold = 0.6, unclipRatio = 2 } = options;
  const [height, width] = map.dims.slice(-2);
  return connectedComponents(width, height, (i) => map.data[i] > threshold)
    .map((component) => minAreaRect(outline(component)))
    .filter((rect) => Math.min(rect.width, rect.height) >= MIN_SIDE)
    .filter((rect) => meanInside(map.data, width, height, rect) >= boxThreshold)
    .map((rect) => rectCorners(unclip(rect, unclipRatio)));
}

/** The mean of the map over the pixels whose centre lies in the rectangle. */
function meanInside(map: Float32Array, width: number, height: number, rect: RotatedRect): number {
  const corners = rectCorners(rect);
  const xs = corners.map(({ x }) => x);
  const ys = corners.map(({ y }) => y);
  const right = Math.min(width, Math.ceil(Math.max(...xs)));
  const bottom = Math.min(height, Math.ceil(Math.max(...ys)));
  let sum = 0;
  let count = 0;
  for (let y = Math.max(0, Math.floor(Math.min(...ys))); y < bottom; y++) {
    for (let x = Math.max(0, Math.floor(Math.min(...xs))); x < right; x++) {
      if (!rectContains(rect, { x: x + 0.5, y: y + 0.5 })) continue;
      sum += map[y * width + x];
      count++;
    }
  }
  return count === 0 ? 0 : sum / count;
}

function scaleInto(quad: Quad, width: number, height: number, picture: Picture): Quad {
  const clamp = (value: number, max: number) => Math.min(Math.max(value, 0), max);
  const [a, b, c, d] = quad.map(({ x, y }) => ({
    x: clamp((x / width) * picture.width, picture.width),
    y: clamp((y / height) * picture.height, picture.height),
  }));
  return [a, b, c, d];
}

/** Sorts rows from top to bottom, and the boxes of a row, those about level with its first, from left to right. */
export function readingOrder(quads: readonly Quad[]): Quad[] {
  const boxes = quads.map((quad) => ({
    quad,
    x: quad.reduce((sum, corner) => sum + corner.x, 0) / 4,
    y: quad.reduce((sum, corner) => sum + corner.y, 0) / 4,
    thickness: Math.min(distance(quad[0], quad[1]), distance(quad[0], quad[3])),
  }));
  const rows: (typeof boxes)[] = [];
  for (const box of boxes.sort((a, b) => a.y - b.y)) {
    const row = rows.at(-1);
    if (row && box.y - row[0].y < Math.min(row[0].thickness, box.thickness) / 2) row.push(box);
    else rows.push([box]);
  }
  return rows.flatMap((row) => row.sort((a, b) => a.x - b.x).map(({ quad }) => quad));
}
