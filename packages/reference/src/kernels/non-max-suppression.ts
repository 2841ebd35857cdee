// Non-maximum suppression: of boxes that overlap, the best.

import { defineReference, inputOf, type KernelCall } from '../kernel.ts';
import { fromFloat64, toFloat64 } from '../tensors.ts';

/** Boxes by columns: corners in ascending order, and areas. */
interface Boxes {
  readonly low: readonly [Float64Array, Float64Array];
  readonly high: readonly [Float64Array, Float64Array];
  readonly area: Float64Array;
}

export const nonMaxSuppression = defineReference({
  op: 'NonMaxSuppression',
  run(call) {
    const boxes = toFloat64(inputOf(call, 0));
    const scores = toFloat64(inputOf(call, 1));
    const [batches, classes, count] = inputOf(call, 1).dims as [number, number, number];
    const most = number(call, 2) ?? 0;
    const overlap = number(call, 3) ?? 0;
    const least = number(call, 4) ?? Number.NEGATIVE_INFINITY;
    const selected: number[] = [];
    for (let batch = 0; batch < batches; batch++) {
      const own = boxesOf(call, boxes.subarray(batch * count * 4, (batch + 1) * count * 4));
      for (let kind = 0; kind < classes; kind++) {
        const score = (i: number) => scores[(batch * classes + kind) * count + i]!;
        const order = Array.from({ length: count }, (_, i) => i).filter((i) => score(i) > least);
        order.sort((a, b) => score(b) - score(a) || a - b);
        for (const i of keptOf(own, order, most, overlap)) selected.push(batch, kind, i);
      }
    }
    return [fromFloat64('int64', [selected.length / 3, 3], Float64Array.from(selected))];
  },
  // Where all lie together, every box has to be compared with all that are kept.
  steps: (at, { inputs }) => 32 * inputs[1]! * (at.input(1).shape.at(-1) as number),
});

function number(call: KernelCall, index: number): number | undefined {
  const tensor = call.inputs[index];
  return tensor ? Number(toFloat64(tensor)[0]) : undefined;
}

function boxesOf(call: KernelCall, corners: Float64Array): Boxes {
  const centered = call.at.int('center_point_box') === 1;
  const column = () => new Float64Array(corners.length / 4);
  const boxes: Boxes = { low: [column(), column()], high: [column(), column()], area: column() };
  for (const [axis, low] of boxes.low.entries()) {
    const high = boxes.high[axis]!;
    for (let i = 0; i < low.length; i++) {
      const [one, other] = [corners[4 * i + axis]!, corners[4 * i + axis + 2]!];
      low[i] = centered ? one - Math.abs(other) / 2 : Math.min(one, other);
      high[i] = centered ? one + Math.abs(other) / 2 : Math.max(one, other);
    }
  }
  const [width, height] = [0, 1].map((axis) => boxes.high[axis]!.map((high, i) => high - boxes.low[axis]![i]!));
  for (let i = 0; i < boxes.area.length; i++) boxes.area[i] = width![i]! * height![i]!;
  return boxes;
}

/** The boxes, best first, that overlap none of those kept before: these are looked for in strips as wide as the widest box. */
function keptOf(boxes: Boxes, order: readonly number[], most: number, overlap: number): number[] {
  const kept: number[] = [];
  const strips = new Map<number, number[]>();
  // Below 0 what lies apart overlaps too much.
  const width = overlap >= 0 ? stripWidth(boxes) : Number.POSITIVE_INFINITY;
  for (const i of order) {
    if (kept.length >= most) break;
    const strip = Math.floor(boxes.low[0][i]! / width) || 0;
    const isCovered = [strip - 1, strip, strip + 1].some((at) => isCoveredBy(boxes, i, strips.get(at) ?? [], overlap));
    if (isCovered) continue;
    kept.push(i);
    const own = strips.get(strip);
    if (own) own.push(i);
    else strips.set(strip, [i]);
  }
  return kept;
}

function isCoveredBy(boxes: Boxes, box: number, others: readonly number[], overlap: number): boolean {
  for (const other of others) if (!(intersectionOverUnion(boxes, box, other) <= overlap)) return true;
  return false;
}

/** Boxes that begin so far from each other along the first axis do not overlap. */
function stripWidth({ low, high }: Boxes): number {
  let widest = 0;
  for (let i = 0; i < low[0].length; i++) widest = Math.max(widest, high[0][i]! - low[0][i]!);
  // Past what rounding takes from it. Of no width, nothing overlaps; where one has no number, all are looked at.
  return widest > 0 ? widest * 1.001 : widest === 0 ? 1 : Number.POSITIVE_INFINITY;
}

function intersectionOverUnion({ low, high, area }: Boxes, a: number, b: number): number {
  const width = Math.min(high[0][a]!, high[0][b]!) - Math.max(low[0][a]!, low[0][b]!);
  if (width <= 0) return 0;
  const height = Math.min(high[1][a]!, high[1][b]!) - Math.max(low[1][a]!, low[1][b]!);
  if (height <= 0) return 0;
  const common = width * height;
  const union = area[a]! + area[b]! - common;
  // In the type of the threshold: an overlap that is just the threshold is none that is larger.
  return common > 0 && union > 0 ? Math.fround(common / union) : 0;
}
