// Passes on real networks: how many nodes are left, that every pass may be left out, and that a second run changes nothing.

import { cloneGraph, elementCount, type Graph, parseProfile, specialize, type Tensor } from '@trtx/ir';
import { importFile } from '@trtx/onnx/node';
import { optimize, PIPELINES } from '@trtx/passes';
import { ReferenceRunner } from '@trtx/reference';
import { describe, expect, it } from 'vitest';
import { expectClose } from '../support/compare.ts';
import { hasShared, hydrated, OCR } from '../support/models.ts';

type Name = keyof typeof OCR | 'resnet50' | 'mobilenet_v2' | 'squeezenet1_1' | 'unet' | 'espcn' | 'vit_tiny';

const fileOf = (name: Name) => (name in OCR ? OCR[name as keyof typeof OCR] : hydrated(name).model);
const inRepository = (name: Name) => name in OCR || hasShared;

/** Nodes after optimization, and those that ONNX Runtime's basic level leaves (undefined where it was not asked). */
const COUNTS: [Name, number, number | undefined][] = [
  ['detector', 197, 328],
  ['recognizer', 203, 407],
  ['classifier', 126, undefined],
  ['resnet50', 122, 122],
  ['mobilenet_v2', 100, 100],
  ['squeezenet1_1', 65, 65],
  ['unet', 38, 38],
  ['vit_tiny', 242, 527],
];

describe.each(COUNTS.filter(([name]) => inRepository(name)))('%s', (name, most, basic = most) => {
  it(`has at most ${most} nodes left (ONNX Runtime, basic: ${basic}), and rests there`, async () => {
    const { graph } = await importFile(fileOf(name));
    optimize(graph, { verify: true });
    expect(graph.nodes.size).toBeLessThanOrEqual(Math.min(most, basic));
    expect(optimize(graph).trace).toEqual([]);
  });
});

/** Small inputs, so that the reference is quick, and how far from zero its outputs are. */
const SMALL: [Name, string, number?][] = [
  ['detector', 'x:1x3x32x64', 1e-18],
  ['recognizer', 'x:1x3x48x32'],
  ['classifier', 'x:1x3x48x64'],
  ['unet', 'input:1x3x16x16'],
  ['espcn', 'input:1x1x16x16'],
];

describe.each(SMALL.filter(([name]) => inRepository(name)))('%s computes the same', (name, profile, absolute) => {
  it('at every level and with any pass left out', async () => {
    const { graph } = await importFile(fileOf(name));
    const dynamic = cloneGraph(graph);
    specialize(graph, parseProfile(profile));
    const expected = await run(graph, graph);
    // Without a pass that does nothing here all is as it was.
    const { trace } = optimize(cloneGraph(graph));
    const working = PIPELINES[2].filter(({ name }) => trace.some(({ pass }) => pass === name));
    const variants = [
      { level: 0 },
      { level: 1 },
      { level: 2 },
      ...working.map((pass) => ({ skip: [pass.name] })),
    ] as const;
    for (const options of variants) {
      const copy = cloneGraph(graph);
      optimize(copy, options);
      compare(await run(copy, graph), expected, JSON.stringify(options), absolute);
    }
    // What was proved for every size holds for this one.
    optimize(dynamic);
    compare(await run(dynamic, graph), expected, 'dynamic', absolute);
  });
});

it.runIf(hasShared)('vit_tiny computes the same', async () => {
  const { graph } = await importFile(fileOf('vit_tiny'));
  const fixed = specialize(cloneGraph(graph), parseProfile('pixel_values:1x3x224x224'));
  optimize(graph);
  compare(await run(graph, fixed), await run(fixed, fixed), 'level 2');
});

/** Runs with numbers that are the same each time, in the shapes of `shapes`. */
function run(graph: Graph, shapes: Graph): Promise<Map<string, Tensor>> {
  const inputs = shapes.inputs.map(({ name, type }): [string, Tensor] => {
    const dims = type.shape as number[];
    const data = Float32Array.from({ length: elementCount(dims) }, (_, i) => Math.sin(i * 0.7));
    return [name, { dtype: 'float32', dims, data }];
  });
  return new ReferenceRunner(graph).run(new Map(inputs));
}

function compare(
  actual: ReadonlyMap<string, Tensor>,
  expected: ReadonlyMap<string, Tensor>,
  what: string,
  absolute = 1e-6,
): void {
  for (const [name, tensor] of expected) expectClose(actual.get(name)!, tensor, { absolute, relative: 1e-3 }, what);
}
