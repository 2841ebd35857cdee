// One engine of several optimization profiles: outputs against ONNX Runtime in each of them, going from one to another, and
// what a further profile costs.

import { build, bytesOf, EngineRunner, targetOf } from '@trtx/builder';
import { cloneGraph, type Dim, GraphBuilder, parseProfile, type Tensor } from '@trtx/ir';
import { exportModel, importModel } from '@trtx/onnx';
import { Engine } from '@trtx/runtime';
import { describe, expect, it } from 'vitest';
import { testDevice } from '../support/chain.ts';
import { countingDevice } from '../support/device.ts';
import { expectNear } from '../support/networks.ts';
import { ortRunner } from '../support/ort.ts';

const few = { name: 'few', shapes: parseProfile('input:{1..2}x3x{16..48}x{16..48}') };
const many = { name: 'many', shapes: parseProfile('input:{2..4}x3x{16..64}x{16..64}') };
const large = { name: 'large', shapes: parseProfile('input:1x3x96x64') };

function pictures(dims: readonly number[]): Tensor {
  const data = Float32Array.from({ length: dims.reduce((n, d) => n * d, 1) }, (_, i) => Math.sin(i * 0.37) / 2);
  return { dtype: 'float32', dims, data };
}

/** Scores of pictures of any size, any number of them at once. */
function classifier(): Uint8Array {
  const b = new GraphBuilder('classifier');
  const weights = (dims: number[], scale: number) => {
    const count = dims.reduce((n, d) => n * d, 1);
    return b.constant(
      'float32',
      dims,
      Array.from({ length: count }, (_, i) => scale * Math.sin(i * 1.7)),
    );
  };
  let x = b.input('input', 'float32', ['batch', 3, 'height', 'width'] as Dim[]);
  for (const [from, to] of [
    [3, 16],
    [16, 32],
  ] as const) {
    x = b.Relu(b.Conv(x, weights([to, from, 3, 3], 0.3), { pads: [1, 1, 1, 1] }));
    [x] = b.op('MaxPool', [x], { kernel_shape: [2, 2], strides: [2, 2] }) as [typeof x];
  }
  const features = b.Flatten(b.GlobalAveragePool(x));
  b.output('scores', b.Softmax(b.MatMul(features, weights([32, 1000], 1))));
  return exportModel(b.graph);
}

describe('a network in several profiles', () => {
  const model = classifier();

  it('computes what ONNX Runtime does, up to the ends of each, and makes nothing once all have run', async () => {
    const gpu = await testDevice();
    const { device, take } = countingDevice(gpu.device);
    const { graph } = await importModel(model);
    const ours = await EngineRunner.create(graph, { device, software: gpu.isFallback, profiles: [few, many, large] });
    const theirs = await ortRunner(model);
    const shapes = [
      [2, 48, 48],
      [2, 64, 16],
      [1, 96, 64],
      [1, 16, 32],
      [3, 48, 48],
      [4, 64, 64],
      [1, 96, 64],
      [1, 16, 16],
    ];
    for (const [i, [n, h, w]] of shapes.entries()) {
      const inputs = new Map([['input', pictures([n!, 3, h!, w!])]]);
      take();
      const actual = await ours.run(inputs);
      // After a run in each, and one more in those that were not the last to make the memory larger.
      if (i > 4) expect(take().creates, `created for ${shapes[i]}`).toEqual({ createCommandEncoder: 1 });
      for (const [name, tensor] of await theirs.run(inputs))
        expectNear(actual.get(name)!, tensor, `${name} ${n} ${h} ${w}`);
    }
    const outside = ours.run(new Map([['input', pictures([5, 3, 32, 32])]]));
    await expect(outside).rejects.toMatchObject({
      code: 'SHAPE_OUT_OF_PROFILE',
      place: { tensor: 'input' },
      details: [
        'few: input dimension 0 (batch) is 5, built for 1..2',
        'many: input dimension 0 (batch) is 5, built for 2..4',
        'large: input dimension 0 of [5,3,32,32] is 5, the engine wants 1',
      ],
    });
    await ours.dispose();
    await theirs.dispose?.();
  });

  it('has weights once, in the file and on the device, and shaders that both use', async () => {
    const { device, isFallback } = await testDevice();
    const target = targetOf(device, isFallback);
    const { graph } = await importModel(model);
    const profiles = [few, many, large];
    const singles = profiles.map(({ shapes }) => build(cloneGraph(graph), { target, profile: shapes }));
    const several = build(graph, { target, profiles });
    const { modules, blobs } = several.plan;
    const texts = new Set(singles.flatMap(({ plan }) => plan.modules));
    expect([...modules].sort()).toEqual([...texts].sort());
    expect(modules.length).toBeLessThan(singles.reduce((n, { plan }) => n + plan.modules.length, 0));
    const single = singles[0]!;
    expect(blobs.length).toBe(single.plan.blobs.length);
    // What is beyond the weights is text.
    const rest = ({ file, plan }: typeof single) => file.size - plan.blobs.reduce((n, { bytes }) => n + bytes, 0);
    expect(rest(several)).toBeLessThan(singles.reduce((n, one) => n + rest(one), 0));

    const held = await Promise.all(
      [single, several].map(async ({ file }) => {
        const engine = await Engine.load(bytesOf(file), { device });
        const bytes = engine.bytesHeld;
        await engine.dispose();
        return bytes;
      }),
    );
    expect(held[1]).toBe(held[0]);
  });

  it('is the same bytes with one profile as with none by name', async () => {
    const { graph } = await importModel(model);
    const several = bytesOf(build(graph, { profiles: [{ shapes: few.shapes }] }).file);
    const single = bytesOf(build(graph, { profile: few.shapes }).file);
    expect(Buffer.compare(several, single)).toBe(0);
  });
});
