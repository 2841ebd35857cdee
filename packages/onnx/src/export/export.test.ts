import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { constantFrom, GraphBuilder, structurallyEqual } from '@trtx/ir';
import { describe, expect, it } from 'vitest';
import { importModel } from '../import/import.ts';
import { surveyModel } from '../import/survey.ts';
import { exportFile } from '../node/export-file.ts';
import { importFile } from '../node/import-file.ts';
import { decodeModel, joinParts } from '../wire/index.ts';
import { exportModel, exportParts } from './export.ts';

/** A graph with every kind of attribute, holes in inputs, two outputs, and dynamic dims. */
function sample() {
  const b = new GraphBuilder('sample');
  const x = b.input('x', 'float32', ['N', 8, 16]);
  const w = b.constant(
    'float32',
    [16, 512],
    Array.from({ length: 16 * 512 }, (_, i) => (i % 7) - 3),
    'w',
  );
  const high = b.constant('float32', [], [6]);
  const y = b.Clip(b.MatMul(x, w), null, high);
  const fill = b.ConstantOfShape(b.Shape(y, { start: 1 }), { value: constantFrom('int32', [1], [7]) });
  const [left, right] = b.Split(y, { axis: -1, num_outputs: 2 }, { outputs: 2 }) as readonly [typeof y, typeof y];
  b.output('filled', b.Cast(fill, { to: 'float16' }));
  b.output('left', b.LeakyRelu(left, { alpha: 0.5 }));
  b.output('right', b.Transpose(right, { perm: [2, 0, 1] }));
  return b.graph;
}

describe('exportModel', () => {
  it('writes what importModel reads as the same graph', async () => {
    const graph = sample();
    const bytes = exportModel(graph, { producer: 'test', producerVersion: '1' });
    const again = await importModel(bytes);
    expect(structurallyEqual(graph, again.graph)).toBe(true);
    expect(again.model).toMatchObject({
      irVersion: 10,
      producer: 'test',
      producerVersion: '1',
      opsets: new Map([['', 21]]),
    });
    expect(surveyModel(bytes)).toMatchObject({
      graph: 'sample',
      inputs: [{ name: 'x', type: 'float32', dims: ['N', 8, 16] }],
      outputs: [
        { name: 'filled', type: 'float16', dims: [8, 512] },
        { name: 'left', type: 'float32', dims: ['N', 8, 256] },
        { name: 'right', type: 'float32', dims: [256, 'N', 8] },
      ],
      parameters: 16 * 512 + 2,
    });
    expect(exportModel(again.graph, { producer: 'test', producerVersion: '1' })).toEqual(bytes);
  });

  it('chooses the opset that the ops need, and refuses one that lacks them', async () => {
    const b = new GraphBuilder('new');
    b.output('y', b.Swish(b.input('x', 'float32', [2])));
    expect((await importModel(exportModel(b.graph))).model).toMatchObject({
      irVersion: 12,
      opsets: new Map([['', 24]]),
    });
    b.output('bits', b.BitCast(b.graph.inputs[0]!, { to: 'int32' }));
    expect(() => exportModel(b.graph, { opset: 22 })).toThrow('ONNX_EXPORT: opset 22 has no BitCast (node BitCast)');
    for (const opset of [16, 99, 21.5])
      expect(() => exportModel(b.graph, { opset })).toThrow(`opset ${opset} cannot be written`);
  });

  it('keeps names of inputs and outputs, whatever inner values are called', async () => {
    const b = new GraphBuilder('names');
    const x = b.input('x', 'float32', [2]);
    const inner = b.Relu(x, {}, { outputs: ['y'] });
    const c = b.constant('float32', [2], [1, 2], 'c');
    const result = b.Add(inner, c, {}, { outputs: ['z'] });
    b.output('y', result);
    b.output('again', result);
    b.output('input', x);
    b.output('constant', c);
    const { graph } = await importModel(exportModel(b.graph));
    expect(graph.outputs.map(({ name }) => name)).toEqual(['y', 'again', 'input', 'constant']);
    expect(graph.outputs.map(({ value }) => value.producer?.op.name)).toEqual([
      'Add',
      'Identity',
      'Identity',
      undefined,
    ]);
    expect(graph.outputs[3]!.value.constant?.dims).toEqual([2]);
  });

  it('refuses an output with the name of an input', () => {
    const b = new GraphBuilder('clash');
    const x = b.input('x', 'float32', [2]);
    b.output('x', b.Relu(x));
    expect(() => exportModel(b.graph)).toThrow(
      'ONNX_EXPORT: an input and another value that is an output have one name',
    );
  });

  it('writes strings, 64-bit integers and odd names of dims', async () => {
    const b = new GraphBuilder('odd');
    const x = b.input('x', 'int64', ['past + 1']);
    b.output('y', b.Add(x, b.constant('int64', [1], [-(2 ** 53)])));
    b.output('s', b.constant({ dtype: 'string', dims: [2], strings: ['a', 'ä'], read: () => new Uint8Array(0) }));
    const { graph } = await importModel(exportModel(b.graph));
    expect(graph.inputs[0]!.type.shape.map(String)).toEqual(['"past + 1"']);
    expect(structurallyEqual(graph, b.graph)).toBe(true);
  });
});

describe('weights in a file of their own', () => {
  it('are aligned views, and small ones stay', async () => {
    const graph = sample();
    const { model, weights } = exportParts(graph, { external: { location: 'w.data' } });
    expect(model.size).toBeLessThan(2000);
    expect(weights!.size).toBe(16 * 512 * 4);
    expect(weights!.parts[0]!.buffer).toBe(
      graph
        .constants()
        .find(({ name }) => name === 'w')!
        .constant!.read().buffer,
    );
    const data = joinParts(weights!.parts);
    const file = { size: data.length, read: async (at: number, length: number) => data.subarray(at, at + length) };
    const again = await importModel(joinParts(model.parts), { resolveExternal: async () => file });
    expect(structurallyEqual(graph, again.graph)).toBe(true);
    const all = exportParts(graph, { external: { location: 'w.data', minBytes: 1 } });
    const places = decodeModel(joinParts(all.model.parts)).graph!.initializer.map(
      ({ external_data }) => external_data[1]!.value,
    );
    expect(places).toEqual(['0', '32768']);
  });

  it('are written and read on the disk', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'trtx-export-'));
    try {
      const graph = sample();
      for (const external of [false, true]) {
        await exportFile(graph, join(dir, 'm.onnx'), { external });
        expect(structurallyEqual(graph, (await importFile(join(dir, 'm.onnx'))).graph)).toBe(true);
      }
      expect(readdirSync(dir).sort()).toEqual(['m.onnx', 'm.onnx.data']);
      expect(readFileSync(join(dir, 'm.onnx')).length).toBeLessThan(2000);
      await expect(exportFile(graph, join(dir, 'absent', 'm.onnx'))).rejects.toThrow('ENOENT');
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
});
