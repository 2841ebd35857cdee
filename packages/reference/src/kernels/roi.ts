// MaxRoiPool and RoiAlign, one region after the other.

import { maxRoiPoolGeometry, type RoiGeometry, roiAlignGeometry, type Tensor } from '@trtx/ir';
import { defineReference, inputOf, type KernelCall } from '../kernel.ts';
import { fromFloat64, toFloat64 } from '../tensors.ts';

export const maxRoiPool = defineReference({
  op: 'MaxRoiPool',
  run(call) {
    const g = maxRoiPoolGeometry(call.at);
    const rois = toFloat64(inputOf(call, 1));
    const scale = call.at.float('spatial_scale');
    const batch = (roi: number) => rois[roi * 5]!;
    return pooled(call, g, batch, (roi) => {
      const [x1, y1, x2, y2] = [1, 2, 3, 4].map((i) => halfAway(rois[roi * 5 + i]! * scale)) as Box;
      const [height, width] = [Math.max(y2 - y1 + 1, 1) / g.rows, Math.max(x2 - x1 + 1, 1) / g.columns];
      const between = (start: number, cell: number, size: number, limit: number) => {
        const clipped = (place: number) => Math.min(Math.max(place + start, 0), limit);
        return [clipped(Math.floor(cell * size)), clipped(Math.ceil((cell + 1) * size))] as const;
      };
      return (plane, row, column) => {
        const [top, bottom] = between(y1, row, height, g.height as number);
        const [left, right] = between(x1, column, width, g.width as number);
        let best = bottom > top && right > left ? Number.NEGATIVE_INFINITY : 0;
        for (let y = top; y < bottom; y++)
          for (let x = left; x < right; x++) best = Math.max(best, plane[y * (g.width as number) + x]!);
        return best;
      };
    });
  },
});

export const roiAlign = defineReference({
  op: 'RoiAlign',
  run(call) {
    const g = roiAlignGeometry(call.at);
    const rois = toFloat64(inputOf(call, 1));
    const indices = toFloat64(inputOf(call, 2));
    const scale = call.at.float('spatial_scale');
    const shifted = call.at.string('coordinate_transformation_mode') === 'half_pixel';
    const largest = call.at.string('mode') === 'max';
    const ratio = call.at.int('sampling_ratio');
    return pooled(
      call,
      g,
      (roi) => indices[roi]!,
      (roi) => {
        const [x1, y1, x2, y2] = [0, 1, 2, 3].map((i) => rois[roi * 4 + i]! * scale - (shifted ? 0.5 : 0)) as Box;
        // Without the shift a region has at least the size of one element.
        const extent = (size: number) => (shifted ? size : Math.max(size, 1));
        const [height, width] = [extent(y2 - y1) / g.rows, extent(x2 - x1) / g.columns];
        const points = (size: number) => (ratio > 0 ? ratio : Math.ceil(size));
        const [down, across] = [points(height), points(width)];
        return (plane, row, column) => {
          const count = down * across;
          if (count <= 0) return 0;
          const ys = pointsInside(y1 + row * height, height, down, g.height as number);
          const xs = pointsInside(x1 + column * width, width, across, g.width as number);
          // Points outside of the picture are zeros.
          let [sum, best] = [0, ys.length * xs.length < count ? 0 : Number.NEGATIVE_INFINITY];
          for (const y of ys)
            for (const x of xs) {
              const parts = corners(plane, y, x, g);
              sum += parts[0] + parts[1] + parts[2] + parts[3];
              best = Math.max(best, ...parts);
            }
          return largest ? best : sum / count;
        };
      },
    );
  },
  steps(at, { outputs }) {
    const ratio = at.int('sampling_ratio');
    return 32 * (ratio > 0 ? outputs[0]! * ratio * ratio : elementsUnder(roiAlignGeometry(at)));
  },
});

/**
 * The points of a cell along an axis that lie on the picture, of which the cell may cover any part or none: they are found
 * without a walk over the others, of which a region that is far too large has any number.
 */
function pointsInside(start: number, length: number, count: number, size: number): number[] {
  const inside = (point: number) => point >= -1 && point <= size;
  if (length === 0) return inside(start) ? new Array<number>(count).fill(start) : [];
  const ends = [-1, size].map((edge) => ((edge - start) / length) * count - 0.5);
  const first = Math.max(Math.ceil(Math.min(...ends)) - 1, 0);
  const last = Math.min(Math.floor(Math.max(...ends)) + 1, count - 1);
  const points = Array.from(
    { length: Math.max(last - first + 1, 0) || 0 },
    (_, i) => start + ((first + i + 0.5) * length) / count,
  );
  return points.filter(inside);
}

/** Elements of the picture that all cells of all regions cover, where each may cover the whole of it. */
function elementsUnder({ rois, channels, height, width, rows, columns }: RoiGeometry): number {
  const along = (size: number, cells: number) => 2 * (size + 1) + cells;
  return (rois as number) * (channels as number) * along(height as number, rows) * along(width as number, columns);
}

type Box = [x1: number, y1: number, x2: number, y2: number];

/** Calls what `cells` makes for a region, for each of its cells in each channel. */
function pooled(
  call: KernelCall,
  { rois, channels, height, width, rows, columns }: RoiGeometry,
  batchOf: (roi: number) => number,
  cells: (roi: number) => (plane: Float64Array, row: number, column: number) => number,
): Tensor[] {
  const x = toFloat64(inputOf(call, 0));
  const batches = inputOf(call, 0).dims[0]!;
  const size = (height as number) * (width as number);
  const out = new Float64Array((rois as number) * (channels as number) * rows * columns);
  let at = 0;
  for (let roi = 0; roi < (rois as number); roi++) {
    const batch = batchOf(roi);
    if (!(batch >= 0 && batch < batches)) throw call.at.fail(`a region of batch element ${batch} of ${batches}`);
    const cell = cells(roi);
    for (let c = 0; c < (channels as number); c++) {
      const start = (batch * (channels as number) + c) * size;
      const plane = x.subarray(start, start + size);
      for (let row = 0; row < rows; row++)
        for (let column = 0; column < columns; column++) out[at++] = cell(plane, row, column);
    }
  }
  return [fromFloat64(call.outputs[0]!.dtype, call.outputs[0]!.dims, out)];
}

/** The four elements around a point, each times its part of the linear interpolation there. */
function corners(plane: Float64Array, y: number, x: number, g: RoiGeometry): [number, number, number, number] {
  const [height, width] = [g.height as number, g.width as number];
  if (y < -1 || y > height || x < -1 || x > width) return [0, 0, 0, 0];
  const [top, down] = place(y, height);
  const [left, right] = place(x, width);
  const at = (row: number, column: number) =>
    plane[Math.min(top + row, height - 1) * width + Math.min(left + column, width - 1)]!;
  return [
    (1 - down) * (1 - right) * at(0, 0),
    (1 - down) * right * at(0, 1),
    down * (1 - right) * at(1, 0),
    down * right * at(1, 1),
  ];
}

/** The element before a coordinate and how far behind it the coordinate is, kept inside. */
function place(coordinate: number, size: number): [before: number, rest: number] {
  const inside = Math.max(coordinate, 0);
  const before = Math.floor(inside);
  return before >= size - 1 ? [size - 1, 0] : [before, inside - before];
}

/** The nearest integer, halves away from zero. */
function halfAway(x: number): number {
  return Math.sign(x) * Math.floor(Math.abs(x) + 0.5);
}
