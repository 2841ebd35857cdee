// Non-maximum suppression: of boxes that overlap, the best.

import { defineReference, inputOf, type KernelCall } from '../kernel.ts';
import { fromFloat64, toFloat64 } from '../tensors.ts';

/** Corners in ascending order, and the area. */
interface Box {
  readonly low: readonly [number, number];
  readonly high: readonly [number, number];
  readonly area: number;
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
      const own = Array.from({ length: count }, (_, i) => boxOf(call, boxes, (batch * count + i) * 4));
      for (let kind = 0; kind < classes; kind++) {
        const score = (i: number) => scores[(batch * classes + kind) * count + i]!;
        const order = own.map((_, i) => i).filter((i) => score(i) > least);
        order.sort((a, b) => score(b) - score(a) || a - b);
        const kept: number[] = [];
        for (const i of order) {
          if (kept.length >= most) break;
          if (kept.every((k) => intersectionOverUnion(own[i]!, own[k]!) <= overlap)) kept.push(i);
        }
        for (const i of kept) selected.push(batch, kind, i);
      }
    }
    return [fromFloat64('int64', [selected.length / 3, 3], Float64Array.from(selected))];
  },
  // Every box may have to be compared with all that are kept.
  steps: (at, { inputs }) => 32 * inputs[1]! * (at.input(1).shape.at(-1) as number),
});

function number(call: KernelCall, index: number): number | undefined {
  const tensor = call.inputs[index];
  return tensor ? Number(toFloat64(tensor)[0]) : undefined;
}

function boxOf(call: KernelCall, boxes: Float64Array, at: number): Box {
  const [a, b, c, d] = boxes.subarray(at, at + 4) as unknown as [number, number, number, number];
  const centered = call.at.int('center_point_box') === 1;
  const [x0, y0, x1, y1] = centered ? [a - c / 2, b - d / 2, a + c / 2, b + d / 2] : [a, b, c, d];
  const low = [Math.min(x0, x1), Math.min(y0, y1)] as const;
  const high = [Math.max(x0, x1), Math.max(y0, y1)] as const;
  return { low, high, area: (high[0] - low[0]) * (high[1] - low[1]) };
}

function intersectionOverUnion(a: Box, b: Box): number {
  const sides = [0, 1].map((i) => Math.min(a.high[i]!, b.high[i]!) - Math.max(a.low[i]!, b.low[i]!));
  const common = Math.max(sides[0]!, 0) * Math.max(sides[1]!, 0);
  const union = a.area + b.area - common;
  // In the type of the threshold: an overlap that is just the threshold is none that is larger.
  return common > 0 && union > 0 ? Math.fround(common / union) : 0;
}
