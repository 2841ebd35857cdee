import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EngineRunner } from '@trtx/builder';
import { cloneGraph, parseGraph, printGraph, standardOps, structurallyEqual, type Tensor, verify } from '@trtx/ir';
import { exportModel, importModel } from '@trtx/onnx';
import { optimize } from '@trtx/passes';
import { ReferenceRunner } from '@trtx/reference';
import { afterAll, describe, expect, it } from 'vitest';
import { testDevice } from '../support/chain.ts';
import { ortRunner } from '../support/ort.ts';
import { programs } from './programs.ts';

const folder = mkdtempSync(join(tmpdir(), 'trtx-control-'));
afterAll(() => rmSync(folder, { recursive: true }));

function close(actual: ReadonlyMap<string, Tensor>, expected: ReadonlyMap<string, Tensor>): void {
  for (const [name, { dtype, dims, data }] of expected) {
    const found = actual.get(name)!;
    expect({ name, dtype: found.dtype, dims: found.dims }).toEqual({ name, dtype, dims });
    const [a, e] = [found.data, data].map((list) => Array.from(list as ArrayLike<number>, Number)) as [
      number[],
      number[],
    ];
    e.forEach((value, i) => {
      expect(Math.abs(a[i]! - value), `${name}[${i}] is ${a[i]} where ${value} belongs`).toBeLessThanOrEqual(
        1e-5 * Math.max(1, Math.abs(value)),
      );
    });
  }
}

describe.each(programs)('$name', ({ build, runs }) => {
  const expected = async () => {
    const file = join(folder, 'model.onnx');
    writeFileSync(file, exportModel(build().graph));
    const ort = await ortRunner(file);
    const outputs = [];
    for (const run of runs) outputs.push(await ort.run(new Map(Object.entries(run))));
    await ort.dispose?.();
    return outputs;
  };

  it('is as ONNX Runtime has it, on the reference and on the GPU, with passes and without', async () => {
    const outputs = await expected();
    const { device, isFallback: software } = await testDevice();
    for (const [i, run] of runs.entries())
      close(await new ReferenceRunner(build().graph).run(new Map(Object.entries(run))), outputs[i]!);
    for (const level of [0, 2] as const) {
      const optimized = cloneGraph(build().graph);
      optimize(optimized, { level, verify: true });
      const engine = await EngineRunner.create(build().graph, { device, software, level });
      for (const [i, run] of runs.entries()) {
        close(await new ReferenceRunner(optimized).run(new Map(Object.entries(run))), outputs[i]!);
        close(await engine.run(new Map(Object.entries(run))), outputs[i]!);
      }
      await engine.dispose();
    }
  });

  it('comes back from its text, a copy and an ONNX file', async () => {
    const { graph } = build();
    verify(graph);
    expect(structurallyEqual(parseGraph(printGraph(graph), standardOps), graph)).toBe(true);
    expect(structurallyEqual(cloneGraph(graph), graph)).toBe(true);
    const again = (await importModel(exportModel(graph))).graph;
    verify(again);
    for (const run of runs) {
      const inputs = new Map(Object.entries(run));
      close(await new ReferenceRunner(again).run(inputs), await new ReferenceRunner(graph).run(inputs));
    }
  });
});
