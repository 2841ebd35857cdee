import { readFileSync } from 'node:fs';
import { isTrtxError } from '@trtx/errors';
import { standardOps, type Tensor } from '@trtx/ir';
import { describe, expect, it } from 'vitest';
import { expectClose } from '../../../../../tests/support/compare.ts';
import { encodeModel, runWithOnnxRuntime } from '../../../../../tests/support/onnx-oracle.ts';
import { ortRunner } from '../../../../../tests/support/ort.ts';
import { random, tensor } from '../../../../reference/src/testing/check.ts';
import { exportModel } from '../../export/export.ts';
import { readFlow, steeringInputs } from '../../import/flow.ts';
import { importModel } from '../../import/import.ts';
import { surveyModel } from '../../import/survey.ts';
import { inputsOf, nodes, options } from '../../testing/transformer.ts';
import { microsoftOps } from './index.ts';

it('the readme lists the ops', () => {
  const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
  const section = readme.split('## Ops of ONNX Runtime')[1]!.split('\n## ')[0]!;
  const table = section.split('\n').filter((line) => line.startsWith('| '));
  const listed = [...table.join('\n').matchAll(/`(\w+)`/g)].map(([, name]) => name);
  const own = [...standardOps].filter(({ domain }) => domain === 'com.microsoft').map(({ name }) => name);
  const known = [...microsoftOps.keys(), ...own, 'SimplifiedLayerNormalization'];
  expect(listed.sort()).toEqual(known.sort());
});

describe('a layer of a transformer', () => {
  const inputs = inputsOf(2, 3, 5);
  it('is exported as standard ops, which ONNX Runtime runs', async () => {
    const expected = await runWithOnnxRuntime(nodes, inputs, options);
    const { graph } = await importModel(encodeModel(nodes, inputs, options));
    const bytes = exportModel(graph);
    expect([...surveyModel(bytes).opsets]).toEqual([['', 24]]);
    const session = await ortRunner(bytes);
    const actual = await session.run(new Map(Object.entries(inputs)));
    session.dispose?.();
    for (const name of options.outputs) expectClose(actual.get(name)!, expected.get(name)!, { absolute: 1e-5 }, name);
  });

  it('has all its ops supported in a survey', () => {
    expect(surveyModel(encodeModel(nodes, inputs, options)).unsupported).toEqual([]);
  });
});

const { domains } = options;
const node = (op: string, inputs: string[], outputs: string[], attributes = {}) => {
  return { op, inputs, outputs, attributes, domain: 'com.microsoft' };
};
const x = random([2, 3]);

describe('what is not supported', () => {
  const model = (op: string, attributes = {}) => encodeModel([node(op, ['x'], ['y'], attributes)], { x }, { domains });
  it('is told by a survey', () => {
    expect(surveyModel(model('MurmurHash3')).unsupported).toMatchObject([
      { op: 'MurmurHash3', domain: 'com.microsoft', reason: 'it has no definition' },
    ]);
  });
  it('is refused where an attribute is unknown, or of another kind', async () => {
    await expect(importModel(model('Gelu', { limit: 1 }))).rejects.toThrow(
      'ONNX_OPSET: the attribute limit is not known (node Gelu_0 (Gelu-1), tensor y)',
    );
    await expect(importModel(model('QuickGelu', { alpha: 'x' }))).rejects.toThrow('attribute alpha is no number');
  });
  it('gives way to a definition of a plugin', async () => {
    const own = { ...standardOps.get('Relu')!, domain: 'com.microsoft', name: 'Gelu' };
    const { graph } = await importModel(model('Gelu'), { registry: standardOps.with([own]) });
    expect([...graph.nodes].map(({ op }) => op)).toEqual([own]);
  });
});

it('inputs that steer shapes are told', () => {
  const given = { x, start: tensor('int32', [], [0]), limit: tensor('int32', [], [4]) };
  const range = [node('Range', ['start', 'limit'], ['r']), node('Gelu', ['x'], ['y'])];
  const bytes = encodeModel(range, given, { domains });
  expect([...steeringInputs(readFlow(bytes))].sort()).toEqual(['limit', 'start']);
});

it.each([...microsoftOps.keys()])('%s of odd operands is refused with a TrtxError, if at all', async (op) => {
  const odd: readonly Tensor[] = [
    random([]),
    random([3]),
    random([2, 3, 8]),
    random([2, 3, 5, 7]),
    random([4, 4], { dtype: 'uint8', high: 9 }),
  ];
  const sizes = ['K', 'N', 'num_heads', 'kv_num_heads', 'block_size', 'groups', 'size', 'dim', 'axis', 'hidden_size'];
  const flags = { activation: 0, quant_type: 1, opset: 13, keepdims: 1, is_inner_broadcast: 1 };
  const attempts = odd.flatMap((tensor) =>
    [2, 18].flatMap((count) => [3, -7, 2 ** 40].map((size) => ({ tensor, count, size }))),
  );
  attempts.push({ tensor: odd[0]!, count: 0, size: 1 });
  for (const { tensor, count, size } of attempts) {
    const given = Object.fromEntries(Array.from({ length: count }, (_, i) => [`x${i}`, tensor]));
    const attributes = { ...flags, ...Object.fromEntries(sizes.map((name) => [name, size])) };
    const bytes = encodeModel([node(op, Object.keys(given), ['y'], attributes)], given, { domains });
    await importModel(bytes).catch((error: unknown) => {
      if (!isTrtxError(error)) throw error;
    });
  }
});
