// Small graphs and subjects for the tests of this package.

import { type Graph, GraphBuilder, parseGraph, standardOps, type Tensor, type Tensors } from '@trtx/ir';
import type { Subject } from '../subject.ts';

/** a = relu(x · v), b = a · w, y = softmax(b), z = b + 1: two layers and two outputs, for x of 8 x 32. */
export function layersGraph(): Graph {
  const b = new GraphBuilder('layers');
  const weights = (dims: [number, number], name: string) =>
    b.constant(
      'float32',
      dims,
      Array.from({ length: dims[0] * dims[1] }, (_, i) => Math.sin(i * 1.7) / Math.sqrt(dims[0])),
      name,
    );
  const x = b.input('x', 'float32', [8, 32]);
  const a = b.Relu(b.MatMul(x, weights([32, 48], 'v'), {}, { name: 'first' }), {}, { name: 'relu', outputs: ['a'] });
  const c = b.MatMul(a, weights([48, 16], 'w'), {}, { name: 'second', outputs: ['b'] });
  b.output('y', b.Softmax(c, {}, { name: 'softmax', outputs: ['y'] }));
  b.output('z', b.Add(c, b.constant('float32', [], [1]), {}, { name: 'add', outputs: ['z'] }));
  return b.graph;
}

export const layersInput: Tensors = new Map([['x', tensor([8, 32], (i) => Math.cos(i * 0.37))]]);

/** s = x + x, t = s · s, u = relu(t), y = u − s, z = exp(s) */
export function chainGraph(): Graph {
  const text = `graph chain
    input x: float32[4]
    s = Add(x, x) as add
    t = Mul(s, s) as square
    u = Relu(t) as relu
    y = Sub(u, s) as sub
    z = Exp(s) as exp
    output y
    output z`;
  return parseGraph(text, standardOps);
}

export function tensor(dims: readonly number[], element: (i: number) => number): Tensor {
  const count = dims.reduce((a, b) => a * b, 1);
  return { dtype: 'float32', dims, data: Float32Array.from({ length: count }, (_, i) => element(i)) };
}

/** A subject that computes what another one does, but for what `change` gives other tensors for. */
export function changed(
  subject: Subject,
  change: Readonly<Record<string, (right: Tensor) => Tensor | undefined>>,
  name = 'changed',
): Subject {
  return {
    name,
    async values(inputs, wanted) {
      const values = await subject.values(inputs, wanted);
      for (const [tensorName, other] of Object.entries(change)) {
        const right = values.get(tensorName);
        if (!right) continue;
        const wrong = other(right);
        if (wrong) values.set(tensorName, wrong);
        else values.delete(tensorName);
      }
      return values;
    },
  };
}
