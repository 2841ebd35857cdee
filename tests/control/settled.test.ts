// What picks the best of each class behind a network: the host does it at once, and waits for the GPU as often as its plan says.

import { EngineRunner } from '@trtx/builder';
import { GraphBuilder, type Value } from '@trtx/ir';
import { ReferenceRunner } from '@trtx/reference';
import { expect, it } from 'vitest';
import { watchDevice } from '../../packages/runtime/src/testing/device.ts';
import { testDevice } from '../support/chain.ts';
import { expectClose } from '../support/compare.ts';
import { waitsOf } from '../support/waits.ts';
import { floats } from './programs.ts';

const [ROWS, WIDTH, CLASSES] = [300, 16, 40];

/** Numbers that are all different, so that no rounding makes another choice of them. */
const spread = (dims: number[], step: number) => {
  const count = dims.reduce((a, b) => a * b, 1);
  return floats(
    dims,
    Array.from({ length: count }, (_, i) => Math.sin(1 + i * step)),
  );
};

function detector(): GraphBuilder {
  const b = new GraphBuilder('detector');
  const weights = (dims: number[], step: number) =>
    b.constant('float32', dims, Array.from(spread(dims, step).data as Float32Array));
  const ints = (...values: number[]) => b.constant('int64', [values.length], values);
  const x = b.input('x', 'float32', [ROWS, WIDTH]);
  const scores = b.MatMul(x, weights([WIDTH, CLASSES], 0.7));
  const boxes = b.MatMul(x, weights([WIDTH, 4], 1.3));
  const best = Array.from({ length: CLASSES }, (_, c) => {
    const own = b.Gather(scores, b.constant('int64', [], [c]), { axis: 1 });
    const places = b.Transpose(b.NonZero(b.Greater(own, b.constant('float32', [], [1]))), { perm: [1, 0] });
    const found = b.GatherND(own, places);
    const k = b.ReduceMin(b.Concat([ints(9), b.Shape(found)], { axis: 0 }), ints(0));
    const [values, order] = b.TopK(found, k, {}, { outputs: 2 }) as [Value, Value];
    return [values, b.Gather(b.GatherND(boxes, places), order)] as const;
  });
  const [values, rows] = [best.map(([values]) => values), best.map(([, rows]) => rows)];
  b.output('scores', b.Concat(values, { axis: 0 }));
  b.output('boxes', b.Mul(b.Concat(rows, { axis: 0 }), b.constant('float32', [], [2])));
  return b;
}

it('waits twice, and gives what the reference does', async () => {
  const { device, isFallback: software } = await testDevice();
  const watched = watchDevice(device);
  const runner = await EngineRunner.create(detector().graph, { device: watched.device, software });
  expect(waitsOf(runner.engine.plan)).toBe(2);
  const reference = new ReferenceRunner(detector().graph);
  // At last, rows that are all the same.
  for (const step of [0.37, 1.9, 0]) {
    const x = spread([ROWS, WIDTH], step);
    const before = watched.calls.get('mapAsync') ?? 0;
    const [outputs, expected] = [await runner.run(new Map([['x', x]])), await reference.run(new Map([['x', x]]))];
    expect(watched.calls.get('mapAsync')! - before).toBe(2);
    for (const [name, tensor] of expected) expectClose(outputs.get(name)!, tensor, {}, name);
  }
  await runner.dispose();
});
