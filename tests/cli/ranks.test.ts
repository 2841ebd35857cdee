// A model whose tensors have as many axes as its inputs' sizes decide: no graph of it is whole before these are given.

import { join } from 'node:path';
import { expect, it } from 'vitest';
import { bodyProto, info, modelBytes, node, numbers } from '../../packages/onnx/src/testing/models.ts';
import { folder, trtxJson } from './command.ts';
import { FAILED, failure, write } from './failure.ts';

/** Rows as they are, but for a single one, which is a vector. */
function rowsOrRow(): Uint8Array {
  const squeeze = bodyProto([], [node('Squeeze', ['x', 'first'], ['s'])], ['s']);
  const asItIs = bodyProto([], [node('Identity', ['x'], ['i'])], ['i']);
  return modelBytes({
    nodes: [
      node('Shape', ['x'], ['dims']),
      node('Gather', ['dims', 'zero'], ['rows']),
      node('Equal', ['rows', 'one'], ['single']),
      node('If', ['single'], ['y'], { then_branch: squeeze, else_branch: asItIs }),
    ],
    inputs: [info('x', 'float32', ['N', 3])],
    initializers: [
      numbers('zero', 'int64', [], [0]),
      numbers('one', 'int64', [], [1]),
      numbers('first', 'int64', [1], [0]),
    ],
  });
}

it('is built for shapes that decide, and asks for them', async () => {
  const dir = folder();
  const model = write(dir, 'rows.onnx', rowsOrRow());
  const engine = join(dir, 'rows.trtx');
  const build = ['build', model, '-o', engine, '--portable'];
  const error = await failure(FAILED, 'SHAPE', build, dir);
  expect(error.hint).toMatch(/number of axes .* profile, that of N at least/);
  for (const [rows, shape] of [['1', '[3]'], ['{2..8}', '[N, 3]']]) // biome-ignore format: pairs
    expect(await trtxJson(...build, '--shapes', `x:${rows}x3`)).toMatchObject({
      status: 0,
      data: { outputs: [{ name: 'y', shape }] },
    });
  const placement = await trtxJson('inspect', model, '--placement', '--shapes', 'x:1x3');
  expect(placement).toMatchObject({ status: 0, data: { kind: 'placement', host: 0 } });
});
