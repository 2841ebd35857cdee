// Plans to be shown, with made-up times.

import { build } from '@trtx/builder';
import { GraphBuilder } from '@trtx/ir';
import { layersOf } from '@trtx/profiler';
import type { ShownPlan, ShownProfile } from '@trtx/viewer';

const PEAK = { flopsPerSecond: 2e9, bytesPerSecond: 5e9 };

/** Convolutions that are joined, and a classifier. */
export function smallPlan(): ShownPlan {
  const b = new GraphBuilder('net');
  const weights = (name: string, dims: readonly number[]) =>
    b.constant('float32', dims, new Array(dims.reduce((n, dim) => n * dim, 1)).fill(0.1), name);
  const x = b.input('image', 'float32', [1, 3, 32, 32]);
  const one = b.Relu(b.Conv(x, weights('w1', [8, 3, 3, 3]), undefined, { pads: [1, 1, 1, 1] }, { name: 'stem' }));
  const left = b.Conv(one, weights('w2', [8, 8, 3, 3]), undefined, { pads: [1, 1, 1, 1] }, { name: 'left' });
  const right = b.Conv(one, weights('w3', [8, 8, 1, 1]), undefined, {}, { name: 'right' });
  const joined = b.Concat([left, right], { axis: 1 });
  const [pooled] = b.MaxPool(joined, { kernel_shape: [2, 2], strides: [2, 2] }, { name: 'pool' });
  const flat = b.Flatten(pooled!);
  b.output('scores', b.Softmax(b.MatMul(flat, weights('w4', [4096, 10]), {}, { name: 'classify' }), { axis: 1 }));
  return layersOf(build(b.graph).plan);
}

/** Many blocks of three dispatches, each of which lasts until the end of the next block. */
export function largePlan(): ShownPlan {
  const count = 10_000;
  const tensor = (name: string) => ({
    name,
    dtype: 'float32',
    shape: [1, 64, 56, 56],
    format: 'row-major',
    bytes: 802_816,
  });
  const kernels = [
    'conv.direct',
    'map',
    'softmax',
    'matmul.tile',
    'pool.max',
    'layer-norm',
    'gather',
    'attention.online',
  ];
  return {
    layers: Array.from({ length: count }, (_, i) => ({
      kernel: kernels[i % kernels.length]!,
      tactic: kernels[i % kernels.length]!,
      nodes: [`block${Math.floor(i / 3)}/node${i}`],
      module: i % 40,
      workgroupSize: [64],
      flops: 1e6 * (1 + (i % 97)),
      bytesRead: 1_605_632,
      bytesWritten: 802_816,
      reads: i % 3 === 2 ? [i, i - 1] : [i],
      writes: [i + 1],
    })),
    tensors: [tensor('x'), ...Array.from({ length: count }, (_, i) => tensor(`value${i}`))],
    inputs: [{ name: 'x', tensor: 0 }],
    outputs: [{ name: 'y', tensor: count }],
    hostNodes: [],
    arenas: [6 * 802_816],
    memory: Array.from({ length: count - 1 }, (_, i) => ({
      name: `value${i}`,
      arena: 0,
      offset: (i % 6) * 802_816,
      bytes: 802_816,
      first: i,
      last: Math.min(count - 1, i + 2),
    })),
    modules: Array.from({ length: 40 }, (_, i) => `@compute @workgroup_size(64) fn main() { /* ${i} */ }`),
  };
}

/** Times that depend on the plan alone. */
export function profileOf({ layers }: ShownPlan, notes: readonly string[] = []): ShownProfile {
  const times = layers.map(({ flops = 0, bytesRead = 0, bytesWritten = 0 }, i) => {
    const [compute, memory] = [flops / PEAK.flopsPerSecond, (bytesRead + bytesWritten) / PEAK.bytesPerSecond];
    const bound = compute > memory ? ('compute' as const) : ('memory' as const);
    const roof = { ms: Math.max(compute, memory) * 1000, bound };
    return { roof, ms: roof.ms * (1.1 + ((i * 7) % 5) / 2), calls: 1, workgroups: [8, 1, 1] };
  });
  const total = times.reduce((sum, { ms }) => sum + ms, 0);
  return {
    mode: 'apart',
    runs: 5,
    whole: { ms: total },
    coverage: 1,
    peak: PEAK,
    dispatches: times.map((time) => ({ ...time, share: time.ms / total })),
    notes: notes.map((text) => ({ text })),
  };
}
