import { constantFrom, type Graph, GraphBuilder } from '@trtx/ir';
import { describe, expect, it } from 'vitest';
import { optimize } from '../../manager.ts';
import { parse } from '../../testing/expect.ts';
import { commonSubexpressions } from './common-subexpressions.ts';

/** How many different constants there are in memory, bodies included. */
const held = (graph: Graph) =>
  new Set([...graph.withBodies()].flatMap((each) => each.constants().map(({ constant }) => constant))).size;

const shared = (graph: Graph) => {
  optimize(graph, { pipeline: [commonSubexpressions], verify: true });
  expect(optimize(graph, { pipeline: [commonSubexpressions] }).trace).toEqual([]);
  return held(graph);
};

const large = (b: GraphBuilder, last: number) =>
  b.constant(
    constantFrom(
      'float32',
      [200, 200],
      Array.from({ length: 40_000 }, (_, i) => (i === 39_999 ? last : i % 7)),
    ),
  );

describe('constants', () => {
  it('are held once, for bodies too', () => {
    const graph = parse(
      `input x: float32[2]
       input c: bool[]
       r = Add(x, float32[2] [1, 2])
       y = If(c, r)
         then_branch {
           input a: float32[2]
           p = Add(a, float32[2] [1, 2])
           output p
         }
         else_branch {
           input b: float32[2]
           q = Sub(b, float32[2] [2, 1])
           output q
         }
       output y`,
    );
    expect(held(graph)).toBe(3);
    expect(shared(graph)).toBe(2);
  });

  it('are shared whatever their size', () => {
    const b = new GraphBuilder('large');
    const x = b.input('x', 'float32', [200, 200]);
    b.output('y', b.Mul(b.Mul(b.Mul(x, large(b, 1)), large(b, 2)), large(b, 1)));
    expect(held(b.graph)).toBe(3);
    expect(shared(b.graph)).toBe(2);
  });

  it('are not shared with others of the same bytes', () => {
    const b = new GraphBuilder('types');
    const x = b.input('x', 'float32', [2]);
    const n = b.input('n', 'int32', [2]);
    b.output('y', b.Add(x, b.constant('float32', [2], [0, 0])));
    b.output('z', b.Add(x, b.constant('float32', [1, 2], [0, 0])));
    b.output('m', b.Add(n, b.constant('int32', [2], [0, 0])));
    expect(shared(b.graph)).toBe(3);
  });
});
