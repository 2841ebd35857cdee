// A name that passes leave means the tensor that it meant before: comparison goes by names.

import { compareValues, referenceSubject } from '@trtx/debug';
import { cloneGraph, specialize } from '@trtx/ir';
import { importFile } from '@trtx/onnx/node';
import { optimize } from '@trtx/passes';
import { describe, expect, it } from 'vitest';
import { hasShared, hydrated, readTensors } from '../support/models.ts';

describe.runIf(hasShared)('names of tensors', () => {
  // Networks whose tensors hang on the order of nearly equal numbers (the indices of a TopK) are not among them.
  it.each(['squeezenet1_1', 'rnn_ctc', 'vit_tiny', 'llama_tiny'])('of %s outlive the passes', async (name) => {
    const { model, inputs: folder } = hydrated(name);
    const inputs = readTensors(folder);
    const { graph } = await importFile(model);
    const optimized = cloneGraph(graph);
    specialize(optimized, Object.fromEntries([...inputs].map(([input, { dims }]) => [input, [...dims]])));
    optimize(optimized, { level: 3 });
    const [after, before] = [referenceSubject(optimized), referenceSubject(graph)];
    const report = await compareValues(after, before, inputs, { graph, rtol: 1e-3, atol: 1e-4 });
    expect(report.tensors.length).toBeGreaterThanOrEqual(10);
    expect(report.tensors.flatMap((one) => (one.ok ? [] : [`${one.name}: ${one.reason}`]))).toEqual([]);
    expect(report.incomparable).toEqual([]);
  });
});
