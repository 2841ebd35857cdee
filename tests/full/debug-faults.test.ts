// Faults planted in whole networks, found without help: each in three minutes on two cores.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { differs, reduceGraph } from '@trtx/debug';
import { constantFrom, type Graph, type Node, standardOps } from '@trtx/ir';
import { exportModel } from '@trtx/onnx';
import { importFile } from '@trtx/onnx/node';
import { defineReference, ReferenceRunner, standardKernels } from '@trtx/reference';
import { describe, expect, it } from 'vitest';
import { randomTensor } from '../../apps/cli/src/tensors/random.ts';
import { folder, trtxJson } from '../cli/command.ts';
import { plantedPlugin } from '../debug/models.ts';
import { hasShared, hydrated, OCR } from '../support/models.ts';
import { ortRunner } from '../support/ort.ts';

const LIMIT = 180_000;

/** Milliseconds that a command took, as a line of the log. */
async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const result = await work();
  const took = performance.now() - start;
  console.log(`${what}: ${(took / 1000).toFixed(1)} s`);
  expect(took, what).toBeLessThan(LIMIT);
  return result;
}

describe.runIf(hasShared)('vit_tiny', () => {
  it('debug reduce comes down to the kernel that is wrong', async () => {
    const { model, inputs } = hydrated('vit_tiny');
    const dir = folder();
    const part = join(dir, 'part.onnx');
    const args = [model, '-o', part, '--inputs', inputs, '--plugin', await plantedPlugin(dir)];
    const { status, data } = await timed('reduce', () => trtxJson('debug', 'reduce', ...args));
    expect({ status, data }).toMatchObject({ status: 0, data: { nodesAfter: 1, nodes: [{ op: 'MatMul' }] } });
    const { graph } = await importFile(part);
    expect(graph.inputs[0]!.type.shape.at(-1)).toBe(768);
  });

  it('debug passes names the rule that is wrong', async () => {
    const { model, inputs } = hydrated('vit_tiny');
    const plugin = join(folder(), 'planted.mjs');
    writeFileSync(plugin, WRONG_RULE);
    const args = [model, '--inputs', inputs, '--plugin', plugin];
    const { status, data } = await timed('passes', () => trtxJson('debug', 'passes', ...args));
    const firing = {
      pass: 'planted',
      rule: 'wide-epsilon',
      origins: [expect.stringContaining('layers.7/layernorm_after')],
    };
    expect({ status, data }).toMatchObject({ status: 0, data: { firing, confirmed: true } });
  });

  it('debug precision names the tensor that overflows, and what to keep', async () => {
    const { model: file, inputs } = hydrated('vit_tiny');
    const { graph } = await importFile(file);
    const norms = graph.topological().filter(({ op }) => op.name === 'LayerNormalization');
    plantOverflow(graph, norms[Math.floor(norms.length / 2)]!);
    const model = join(folder(), 'model.onnx');
    writeFileSync(model, exportModel(graph));
    const found = await timed('precision', () =>
      trtxJson<{ keep: string[] }>('debug', 'precision', model, '--inputs', inputs),
    );
    expect(found).toMatchObject({
      status: 0,
      data: { ok: true, findings: [{ kind: 'overflow', tensor: 'planted.large' }] },
    });
    expect(found.data.keep).toHaveLength(1);
  });
});

it('debug reduce brings text recognition to a node', async () => {
  const { graph } = await importFile(OCR.recognizer);
  expect(graph.nodes.size).toBeGreaterThan(400);
  const inputs = new Map([['x', randomTensor('float32', [1, 3, 48, 64], 1)]]);
  const fails = differs(
    async (part) => new ReferenceRunner(part, { kernels: standardKernels.with([wrongSoftmax(graph)]) }),
    (part) => ortRunner(exportModel(part, { opset: 17 })),
    { rtol: 1e-3, atol: 1e-3 },
  );
  const found = await timed('ocr-rec', () => reduceGraph(graph, inputs, fails));
  console.log(`${found.nodesBefore} nodes, ${found.checks} checks`);
  expect([...found.graph.nodes].map(({ op }) => op.name)).toEqual(['Softmax']);
});

/** A rule that adds far too much before a division, once. */
const WRONG_RULE = `
const rule = {
  name: 'wide-epsilon', ops: ['LayerNormalization'],
  apply(node, patch) {
    const attributes = Object.fromEntries(node.attributes);
    if (attributes.epsilon === 0.5 || !node.name.includes('layers.7/layernorm_after')) return undefined;
    const wide = patch.node('LayerNormalization', node.inputs, { ...attributes, epsilon: 0.5 });
    return patch.replace(node.output, wide, 'planted');
  },
};
export const plugin = {
  name: 'planted', version: '1.0.0', apiVersion: { ir: 1, kernels: 1 },
  passes: [{ pass: { name: 'planted', summary: 'wrong', rules: [rule] }, after: 'merge-unary', level: 1 }],
};
`;

/** Multiplies a node's result by what leads past float16's range, and divides by it again behind a node. */
function plantOverflow(graph: Graph, at: Node): void {
  const value = at.output;
  const add = (op: string, inputs: Parameters<Graph['addNode']>[1], name: string) =>
    graph.addNode(standardOps.get(op)!, inputs, {}, { name: `planted/${name}`, outputs: [`planted.${name}`] });
  const factor = (by: number) => graph.addConstant(constantFrom('float32', [], [by]));
  const large = add('Mul', [value, factor(5e4)], 'large');
  const behind = add('Abs', [large.output], 'abs');
  const small = add('Mul', [behind.output, factor(1 / 5e4)], 'small');
  graph.replaceUses(value, small.output);
  graph.setInput(large, 0, value);
}

/** Softmax as the reference has it, for all but the rows that the second one of the graph has. */
function wrongSoftmax(graph: Graph) {
  const second = graph.topological().filter(({ op }) => op.name === 'Softmax')[1]!;
  const right = standardKernels.find(second.op, second.view())!;
  const rank = second.output.type.shape.length;
  return defineReference({
    op: 'Softmax',
    run(call) {
      const [result] = right.run(call);
      const isWrong = call.outputs[0]!.dims.length === rank;
      return [isWrong ? { ...result!, data: (result!.data as Float32Array).map((x) => 1.1 * x) } : result!];
    },
  });
}
