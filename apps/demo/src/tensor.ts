/**
 * What the reading pipeline asks of an engine: three functions from one tensor to one tensor. Whoever runs the
 * networks (onnxruntime-node, an engine of @trtx) only has to supply these, and nothing else here knows about it.
 */
import type { Picture } from '@trtx/cli/picture';

/** A dense float32 tensor, row-major. */
export interface Tensor {
  data: Float32Array;
  dims: number[];
}

export type Net = (input: Tensor) => Promise<Tensor>;

export interface Nets {
  /** `[1, 3, H, W]`, H and W multiples of 32 → `[1, 1, H, W]`, the probability that a pixel belongs to text. */
  detector: Net;
  /** `[1, 3, 48, 192]` → `[1, 2]`, the probabilities that a strip is upright and that it is upside down. */
  classifier: Net;
  /** `[1, 3, 48, W]`, W a multiple of 32 → `[1, W / 8, classes]`, a distribution over characters at each step. */
  recognizer: Net;
}

/** How pixel values become numbers: `(value / 255 - mean[i]) / std[i]` for the i-th plane. */
export interface Normalization {
  mean: readonly [number, number, number];
  std: readonly [number, number, number];
}

/** Maps 0..255 to -1..1: what the classifier and the recognizer were trained with. */
export const PLUS_MINUS_ONE: Normalization = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] };

/**
 * A picture as a network input `[1, 3, picture.height, width]`. The planes are in the order blue, green, red: PP-OCR
 * was trained on pictures read by OpenCV. Columns beyond the picture are 0, which is the mean colour.
 */
export function pictureToTensor(picture: Picture, normalization: Normalization, width = picture.width): Tensor {
  const { height, rgba } = picture;
  const data = new Float32Array(3 * height * width);
  for (let plane = 0; plane < 3; plane++) {
    const channel = 2 - plane;
    const scale = 1 / (255 * normalization.std[plane]);
    const shift = -normalization.mean[plane] / normalization.std[plane];
    for (let y = 0; y < height; y++) {
      const row = (plane * height + y) * width;
      for (let x = 0; x < picture.width; x++) {
        data[row + x] = rgba[(y * picture.width + x) * 4 + channel] * scale + shift;
      }
    }
  }
  return { data, dims: [1, 3, height, width] };
}
