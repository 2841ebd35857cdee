import { expect, it } from 'vitest';
import { drawPlan } from './draw-plan.ts';
import type { ShownLayer, ShownPlan } from './shown-plan.ts';

const layer = (kernel: string, reads: number[], writes: number[], more: Partial<ShownLayer> = {}): ShownLayer => ({
  kernel,
  tactic: kernel,
  nodes: [`${kernel} node`],
  module: 0,
  workgroupSize: [8, 8],
  reads,
  writes,
  ...more,
});

function planOf(layers: readonly ShownLayer[]): ShownPlan {
  const tensor = (name: string) => ({ name, dtype: 'float32', shape: [2, 3], format: 'channels-last', bytes: 24 });
  return {
    layers,
    tensors: ['x', 'a', 'b'].map(tensor),
    inputs: [{ name: 'x', tensor: 0 }],
    outputs: [{ name: 'y', tensor: 2 }],
    hostNodes: [],
    arenas: [],
    memory: [],
    modules: [''],
  };
}

it('draws dispatches with tensors between them', () => {
  const { categories, drawings } = drawPlan('net', planOf([layer('conv.direct', [0], [1]), layer('map', [1, 0], [2])]));
  expect(categories).toEqual(['Input, output', 'conv', 'map', 'Other']);
  const [{ nodes, values }] = drawings as [(typeof drawings)[number]];
  expect(nodes.map(({ name, title, category, inputs, outputs }) => [name, title, category, inputs, outputs])).toEqual([
    ['x', 'Input', 0, [], [0]],
    ['#0 conv.direct node', 'conv.direct', 1, [['', 0]], [1]],
    [
      '#1 map node',
      'map',
      2,
      [
        ['', 1],
        ['', 0],
      ],
      [2],
    ],
    ['y', 'Output', 0, [['', 2]], []],
  ]);
  expect(values.map(({ type, format, from }) => [type, format, from])).toEqual([
    ['float32[2,3]', 'channels-last', 0],
    ['float32[2,3]', 'channels-last', 1],
    ['float32[2,3]', 'channels-last', 2],
  ]);
});

it('gives colours to the families that take the most time', () => {
  const layers = Array.from({ length: 9 }, (_, i) => layer(`k${i}.x`, [], []));
  const dispatches = layers.map((_, i) => ({ ms: i, calls: 1, share: i / 36 }));
  const profile = { mode: 'inside' as const, runs: 1, whole: {}, coverage: 1, dispatches, notes: [] };
  const { categories } = drawPlan('net', planOf(layers), profile);
  expect(categories).toEqual(['Input, output', 'k8', 'k7', 'k6', 'k5', 'k4', 'k3', 'Other']);
});

it('tells why a dispatch has its tactic, and what it takes', () => {
  const chosen = (alternatives: ShownLayer['alternatives'], timing?: ShownLayer['timing']) =>
    new Map(
      drawPlan('net', planOf([layer('map', [], [], { alternatives: alternatives!, ...(timing ? { timing } : {}) })]))
        .drawings[0]!.nodes[1]!.attributes,
    ).get('Chosen');
  expect(chosen([])).toBe('it is the only tactic');
  expect(chosen([['map b', 1.5]])).toBe('by the cost model; there is also map b at 1.5 times the cost');
  expect(chosen([['map b', 0.5]])).toMatch(/^asked for: the cost model takes another; .* 0.5 times/);
  const timing = { timed: 2, us: 12 };
  expect(chosen([['map b', 1.5]], timing)).toBe('by its time; there is also map b at 1.5 times the time');
  expect(chosen([['map b', 0.5]], timing)).toMatch(/^asked for: another was faster; .* 0.5 times/);

  const timed = { ms: 2, calls: 3, share: 0.25, workgroups: [4, 1, 1], roof: { ms: 1, bound: 'memory' as const } };
  const profile = { mode: 'inside' as const, runs: 1, whole: {}, coverage: 1, dispatches: [timed], notes: [] };
  const known = { tactic: 'map rows=2', flops: 1000, bytesRead: 500, bytesWritten: 100 };
  const { drawings } = drawPlan('net', planOf([layer('map', [], [], known)]), profile);
  expect(drawings[0]!.nodes[1]!.attributes).toEqual([
    ['GPU time', '2 ms, 25 % of all dispatches'],
    ['Calls', '3 in a run'],
    ['Roof', '50 % of what memory allows: 1 ms'],
    ['Parameters', 'rows=2'],
    ['Arithmetic', '1 kFLOP, 1.5 MFLOP/s'],
    ['Reads', '500 B'],
    ['Writes', '100 B'],
    ['Bandwidth', '900 kB/s'],
    ['Workgroups', '4 × 1 × 1 of 8 × 8 invocations'],
  ]);
});
