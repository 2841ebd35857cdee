// trtx merge and trtx extract: files of models put together and cut apart.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { surveyModel } from '@trtx/onnx';
import { expect, it } from 'vitest';
import { expectClose } from '../support/compare.ts';
import { runModelWithOnnxRuntime } from '../support/onnx-oracle.ts';
import { folder, trtx, trtxJson } from './command.ts';
import { failure, MISUSED, write } from './failure.ts';
import { tinyInput, tinyModel, tinyOutput } from './tiny.ts';

const run = (path: string) => runModelWithOnnxRuntime(new Uint8Array(readFileSync(path)), { x: tinyInput });

it('cuts a model and puts it together again', async () => {
  const dir = folder();
  const source = write(dir, 'tiny.onnx', tinyModel());
  const [head, tail, whole] = ['head.onnx', 'tail.onnx', 'whole.onnx'].map((name) => join(dir, name)) as [
    string,
    string,
    string,
  ];
  const { data } = await trtxJson('extract', source, head, '--outputs', 'MatMul.0');
  expect(data).toMatchObject({
    output: head,
    opset: 21,
    nodes: 1,
    inputs: [{ name: 'x', type: 'float32[2,3]' }],
    outputs: [{ name: 'MatMul.0', type: 'float32[2,4]' }],
  });
  expect((await trtx('extract', source, tail, '--inputs', 'MatMul.0')).status).toBe(0);
  const merged = await trtx('merge', head, tail, '-o', whole, '--connect', 'head/MatMul.0=tail/MatMul.0', '-q');
  expect(merged).toMatchObject({ status: 0, err: '' });
  expect(merged.out).toMatch(
    /^ {2}input {3}x {2}float32\[2,3\]\n {2}output {2}y {2}float32\[2,4\]\n.*: 2 nodes, opset 21, /,
  );
  expectClose((await run(whole)).get('y')!, tinyOutput);

  expect((await trtx('merge', source, source, '-o', whole, '--prefix', 'a,b', '--outputs', 'a/y')).status).toBe(0);
  const survey = surveyModel(readFileSync(whole));
  expect(survey.inputs.map(({ name }) => name)).toEqual(['a/x', 'b/x']);
  expect(survey.outputs.map(({ name }) => name)).toEqual(['y']);
});

it('tells what does not fit, and writes nothing', async () => {
  const dir = folder();
  const source = write(dir, 'tiny.onnx', tinyModel());
  const output = join(dir, 'out.onnx');
  const merge = (...args: string[]) => ['merge', source, source, '-o', output, ...args];
  await failure(MISUSED, 'USAGE', merge('--connect', 'y'), dir);
  await failure(MISUSED, 'USAGE', ['merge', source, '-o', source], dir);
  expect(await failure(MISUSED, 'COMPOSE', merge('--connect', 'tiny/y=tiny_1/x'), dir)).toMatchObject({ tensor: 'x' });
  expect(await failure(MISUSED, 'COMPOSE', ['extract', source, output, '--outputs', 'z'], dir)).toMatchObject({
    tensor: 'z',
  });
});
