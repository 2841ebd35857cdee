// Networks for a device whose bindings are smaller than their larger tensors.

import { profileOf } from '@trtx/builder';
import { compile, PORTABLE } from '@trtx/codegen';
import { specialize } from '@trtx/ir';
import { importFile } from '@trtx/onnx/node';
import { optimize } from '@trtx/passes';
import { describe, expect, it } from 'vitest';
import { runCompiled } from '../kernels/support.ts';
import { testDevice } from '../support/chain.ts';
import { closeness } from '../support/closeness.ts';
import { hasShared, hydrated, readTensors } from '../support/models.ts';

describe.runIf(hasShared)('bindings of', () => {
  it.each([
    ['espcn', 2 ** 21],
    ['mobilenet_v2', 2 ** 21],
    ['vit_tiny', 2 ** 18],
  ] as const)('%s: at most %i bytes', async (name, bytes) => {
    const { model, inputs, outputs } = hydrated(name);
    const { graph } = await importFile(model);
    const feeds = readTensors(inputs);
    specialize(graph, profileOf(new Map([...feeds].map(([input, { dims }]) => [input, dims]))));
    optimize(graph);
    const limits = { ...PORTABLE.limits, maxStorageBufferBindingSize: bytes };
    const compiled = compile(graph, { target: { ...PORTABLE, software: true, limits } });
    const { plan } = compiled;
    expect(plan.hostNodes.filter(({ step }) => step !== undefined)).toEqual([]);
    const sizes = plan.steps.flatMap((step) =>
      step.kind !== 'dispatches' ? [] : step.dispatches.flatMap(({ bindings }) => bindings.map(({ size = 0 }) => size)),
    );
    expect(Math.max(...sizes)).toBe(bytes);
    const [results] = await runCompiled((await testDevice()).device, compiled, [feeds]);
    for (const [output, expected] of readTensors(outputs)) {
      const actual = results!.get(output)!;
      expect(actual.dims).toEqual(expected.dims);
      expect(closeness(actual.data as Float32Array, expected.data as Float32Array).worst).toBeLessThanOrEqual(1);
    }
  });
});
