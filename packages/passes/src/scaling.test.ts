import { type Graph, GraphBuilder } from '@trtx/ir';
import { expect, it } from 'vitest';
import { optimize } from './manager.ts';

/** A chain of blocks with what exporters leave around each: shape arithmetic, Identities, Reshapes and Transposes that cancel. */
function chain(nodes: number): Graph {
  const b = new GraphBuilder('chain');
  const integers = (...values: number[]) => b.constant('int64', [values.length], values);
  let x = b.input('x', 'float32', ['N', 64, 'S']);
  for (let i = 0; b.graph.nodes.size < nodes; i++) {
    const batch = b.Unsqueeze(b.Gather(b.Shape(x), b.constant('int64', [], [0])), integers(0));
    const target = b.Concat([batch, integers(8, 8), integers(-1)], { axis: 0 });
    const turned = b.Transpose(b.Reshape(x, target), { perm: [0, 2, 1, 3] });
    const back = b.Reshape(b.Transpose(turned, { perm: [0, 2, 1, 3] }), integers(0, 64, -1));
    const scaled = b.Mul(b.Identity(back), b.constant('float32', [], [1.5 + i]));
    const sliced = b.Slice(
      b.Slice(scaled, integers(0), integers(60), integers(1)),
      integers(0),
      integers(50),
      integers(1),
    );
    x = b.Concat([b.Relu(b.Add(sliced, b.constant('float32', [50, 1], new Array(50).fill(i)))), b.Abs(b.Abs(sliced))], {
      axis: 1,
    });
    x = b.Slice(x, integers(0), integers(64), integers(1));
  }
  b.output('y', x);
  return b.graph;
}

/** Milliseconds of processor time that O2 takes, the least of some runs. */
function cost(nodes: number, runs: number): number {
  const times = Array.from({ length: runs }, () => {
    const graph = chain(nodes);
    const start = process.cpuUsage();
    optimize(graph, { level: 2 });
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  });
  return Math.min(...times);
}

it('takes time in proportion to the nodes', { timeout: 120_000 }, () => {
  cost(1000, 1);
  const small = cost(1000, 3);
  const large = cost(10_000, 1);
  expect(large).toBeLessThan(5000);
  expect(large / small).toBeLessThan(15);
});
