import type { TrtxError } from '@trtx/errors';
import { GraphBuilder, type Value } from '@trtx/ir';
import { expect, it } from 'vitest';
import { buildPlan } from './build.ts';

/** y = (softmax(x·a) + softmax(x·b))·c, with 256 KiB for each of the first two products. */
function graph() {
  const g = new GraphBuilder('wide');
  const x = g.input('x', 'float32', [64, 256]);
  const weight = (name: string, rows: number, columns: number) =>
    g.constant('float32', [rows, columns], new Array(rows * columns).fill(0.01), name);
  const [a, b] = ['a', 'b'].map((name) => g.Softmax(g.MatMul(x, weight(name, 256, 1024)))) as [Value, Value];
  g.output('y', g.MatMul(g.Add(a, b), weight('c', 1024, 8)));
  return g.graph;
}

const plan = (workspace?: number) => buildPlan(graph(), { workspace }).plan;
const arena = plan()
  .buffers.filter(({ kind }) => kind === 'arena')
  .reduce((sum, { bytes }) => sum + bytes, 0);

it('is enough where the arenas fit in it', () => {
  expect(arena).toBeGreaterThanOrEqual(2 * 64 * 1024 * 4);
  expect(plan(arena).liveBytesPeak).toBe(plan().liveBytesPeak);
});

it('is refused where they do not, with what takes the most', () => {
  let error: TrtxError | undefined;
  try {
    plan(arena - 1);
  } catch (cause) {
    error = cause as TrtxError;
  }
  expect(error).toMatchObject({ code: 'WORKSPACE', place: { kernel: expect.any(String), node: expect.any(String) } });
  expect(error!.summary).toBe(`intermediate tensors need ${arena} bytes, of which 524288 at once, not ${arena - 1}`);
  expect(error!.details).toEqual([`${error!.place.tensor}: 262144 bytes`, expect.stringMatching(/: 262144 bytes$/)]);
});
