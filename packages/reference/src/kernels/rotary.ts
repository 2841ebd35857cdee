// RotaryEmbedding: each pair of features of a head turned by the angle of its position.

import { type RotaryGeometry, rotaryGeometry } from '@trtx/ir';
import { defineReference, inputOf } from '../kernel.ts';
import { fromFloat64, toFloat64 } from '../tensors.ts';

export const rotaryEmbedding = defineReference({
  op: 'RotaryEmbedding',
  run(call) {
    const g = rotaryGeometry(call.at);
    const [batch, length] = [g.batch, g.length] as [number, number];
    const y = toFloat64(inputOf(call, 0)).slice();
    const [cos, sin] = [toFloat64(inputOf(call, 1)), toFloat64(inputOf(call, 2))];
    const positions = call.inputs[3] ? toFloat64(call.inputs[3]) : undefined;
    const rows = inputOf(call, 1).dims[0]!;
    for (let b = 0; b < batch; b++)
      for (let t = 0; t < length; t++) {
        const place = b * length + t;
        const angles = positions ? positions[place]! : place;
        if (positions && !(angles >= 0 && angles < rows))
          throw call.at.fail(`position ${angles} in a cache of ${rows} positions`);
        for (let h = 0; h < g.heads; h++) {
          const head = g.packed ? place * g.heads + h : (b * g.heads + h) * length + t;
          turn(y, head * g.size, cos, sin, angles * (g.turned / 2), g);
        }
      }
    return [fromFloat64(call.outputs[0]!.dtype, call.outputs[0]!.dims, y)];
  },
});

function turn(
  y: Float64Array,
  start: number,
  cos: Float64Array,
  sin: Float64Array,
  angles: number,
  { turned, interleaved }: RotaryGeometry,
): void {
  for (let i = 0; i < turned / 2; i++) {
    const first = start + (interleaved ? 2 * i : i);
    const second = interleaved ? first + 1 : first + turned / 2;
    const [a, b] = [y[first]!, y[second]!];
    const [c, s] = [cos[angles + i]!, sin[angles + i]!];
    y[first] = a * c - b * s;
    y[second] = a * s + b * c;
  }
}
