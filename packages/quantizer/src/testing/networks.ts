// Small networks with random weights, and what to feed them with.

import { type Graph, GraphBuilder, type Tensor, type Tensors, type Value } from '@trtx/ir';
import { randomNormal, randomUniform } from './random.ts';

function drawn(seed: number, count: number, scale: number): number[] {
  const normal = randomNormal(seed);
  return Array.from({ length: count }, () => Math.fround(scale * normal()));
}

/** Convolutions, plain, of groups, of each channel alone, transposed; pooling, a join and a Gemm: [N, 3, 12, 12] to [N, 10]. */
export function pictureNet(): Graph {
  const b = new GraphBuilder('pictures');
  const weights = (name: string, seed: number, dims: readonly number[]) => {
    const fan = dims.slice(1).reduce((a, d) => a * d, 1);
    return b.constant('float32', dims, drawn(seed, dims[0]! * fan, 1 / Math.sqrt(fan)), name);
  };
  const bias = (name: string, seed: number, count: number) =>
    b.constant('float32', [count], drawn(seed, count, 0.1), name);
  const x = b.input('x', 'float32', ['N', 3, 12, 12]);
  const first = b.Conv(
    x,
    weights('w1', 1, [16, 3, 3, 3]),
    bias('b1', 2, 16),
    { pads: [1, 1, 1, 1] },
    { name: 'first', outputs: ['first'] },
  );
  const relu = b.Relu(first, {}, { outputs: ['relu'] });
  const [small] = b.MaxPool(relu, { kernel_shape: [2, 2], strides: [2, 2] }, { name: 'pool', outputs: ['pooled'] }) as [
    Value,
  ];
  const each = b.Conv(
    small,
    weights('w2', 3, [16, 1, 3, 3]),
    null,
    { group: 16, pads: [1, 1, 1, 1] },
    { name: 'each', outputs: ['each'] },
  );
  const groups = b.Conv(
    small,
    weights('w3', 4, [16, 8, 3, 3]),
    bias('b3', 5, 16),
    { group: 2, pads: [1, 1, 1, 1] },
    { name: 'groups', outputs: ['groups'] },
  );
  const both = b.Concat(
    [b.Relu(each, {}, { outputs: ['relu2'] }), b.Relu(groups, {}, { outputs: ['relu3'] })],
    { axis: 1 },
    { name: 'both', outputs: ['both'] },
  );
  const point = b.Conv(both, weights('w4', 6, [24, 32, 1, 1]), null, {}, { name: 'point', outputs: ['point'] });
  const up = b.ConvTranspose(
    point,
    weights('w5', 7, [24, 4, 2, 2]),
    bias('b5', 8, 4),
    { strides: [2, 2] },
    { name: 'up', outputs: ['up'] },
  );
  const flat = b.Reshape(
    b.Relu(up, {}, { outputs: ['relu4'] }),
    b.constant('int64', [2], [0, -1]),
    {},
    { name: 'flat', outputs: ['flat'] },
  );
  const scores = b.Gemm(
    flat,
    weights('w6', 9, [10, 576]),
    bias('b6', 10, 10),
    { transB: 1 },
    { name: 'scores', outputs: ['scores'] },
  );
  b.output('y', b.Softmax(scores, {}, { outputs: ['y'] }));
  return b.graph;
}

/** So many pictures for `pictureNet`. */
export function pictures(seed: number, count: number): Tensors {
  const uniform = randomUniform(seed);
  const data = Float32Array.from({ length: count * 3 * 144 }, () => 2 * uniform() - 1);
  return new Map([['x', { dtype: 'float32', dims: [count, 3, 12, 12], data } satisfies Tensor]]);
}

/** A table of embeddings, products of either side and of two computed operands, tied weights: ids [T] to [T, 50]. */
export function textNet(): Graph {
  const b = new GraphBuilder('text');
  const table = b.constant('float32', [50, 40], drawn(11, 2000, 1), 'table');
  const rows = b.Gather(table, b.input('ids', 'int64', ['T']), {}, { name: 'embed', outputs: ['rows'] });
  const query = b.MatMul(
    rows,
    b.constant('float32', [40, 70], drawn(12, 2800, 0.15), 'wq'),
    {},
    { name: 'query', outputs: ['q'] },
  );
  const turned = b.Transpose(query, { perm: [1, 0] }, { outputs: ['turned'] });
  const other = b.MatMul(
    b.constant('float32', [70, 70], drawn(13, 4900, 0.12), 'wl'),
    turned,
    {},
    { name: 'left', outputs: ['k'] },
  );
  const seen = b.Softmax(
    b.MatMul(query, other, {}, { name: 'attend', outputs: ['logits'] }),
    {},
    { outputs: ['seen'] },
  );
  const mixed = b.MatMul(seen, rows, {}, { name: 'mix', outputs: ['mixed'] });
  b.output('y', b.Gemm(mixed, table, null, { transB: 1 }, { name: 'head', outputs: ['y'] }));
  return b.graph;
}

export function tokens(...ids: readonly number[]): Tensors {
  return new Map([
    ['ids', { dtype: 'int64', dims: [ids.length], data: BigInt64Array.from(ids, BigInt) } satisfies Tensor],
  ]);
}
