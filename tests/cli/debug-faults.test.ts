// trtx debug reduce, passes and precision, on models of a few nodes; whole networks are in tests/full.

import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { importModel } from '@trtx/onnx';
import { expect, it } from 'vitest';
import { encodeModel } from '../support/onnx-oracle.ts';
import { bundledCommand } from './bundle.ts';
import { type Failure, filesIn, folder, trtx, trtxJson } from './command.ts';
import { writeFolder } from './tensors.ts';
import { tinyInput } from './tiny.ts';

const floats = (...data: number[]) => ({ dtype: 'float32' as const, dims: [], data: Float32Array.from(data) });

/** Six nodes, with something for optimizers to do. */
const MODEL = encodeModel(
  [
    { op: 'Identity', inputs: ['x'], outputs: ['a'] },
    { op: 'Abs', inputs: ['a'], outputs: ['b'] },
    { op: 'Exp', inputs: ['b'], outputs: ['c'] },
    { op: 'Tanh', inputs: ['c'], outputs: ['d'] },
    { op: 'Sqrt', inputs: ['d'], outputs: ['e'] },
    { op: 'Neg', inputs: ['e'], outputs: ['y'] },
  ],
  { x: tinyInput },
);

function files() {
  const dir = folder();
  const path = (name: string, contents: string | Uint8Array) => {
    writeFileSync(join(dir, name), contents);
    return join(dir, name);
  };
  const inputs = writeFolder(join(dir, 'inputs'), new Map([['x', tinyInput]]));
  return { dir, model: path('model.onnx', MODEL), inputs, path, part: join(dir, 'part.onnx') };
}

const opsOf = async (file: string) => {
  const { graph } = await importModel(new Uint8Array(readFileSync(file)));
  return graph.topological().map(({ op }) => op.name);
};

/** Exits with 1 for models that have both ops in them, and inputs beside them. */
const CHECK = `
import { readFileSync } from 'node:fs';
const [model, inputs, ...ops] = process.argv.slice(2);
JSON.parse(readFileSync(inputs + '/index.json', 'utf8'));
const text = readFileSync(model, 'latin1');
process.exitCode = ops.every((op) => text.includes(op)) ? 1 : 0;
`;

it('reduces by a command of the user, whose words may be quoted', async () => {
  const { dir, model, inputs, path, part } = files();
  const script = path('a check.mjs', CHECK);
  const check = `"${process.execPath}" '${script}' {model} {inputs} Tanh`;
  const { status, data } = await trtxJson('debug', 'reduce', model, '-o', part, '--inputs', inputs, '--check', check);
  expect({ status, data }).toMatchObject({
    status: 0,
    data: {
      output: part,
      nodesBefore: 6,
      nodesAfter: 1,
      complete: true,
      nodes: [{ op: 'Tanh', origins: [expect.any(String)] }],
    },
  });
  expect(await opsOf(part)).toEqual(['Tanh']);
  expect(filesIn(dir)).toContain(join('part.inputs', 'index.json'));
  const args = [part, '--inputs', join(dir, 'part.inputs'), '--expect', join(dir, 'part.outputs')];
  expect(await trtx('verify', ...args, '--backend', 'reference')).toMatchObject({ status: 0 });
});

/** An op whose expression, of which engines are made, is x + x, and whose reference kernel is wrong. */
const TWICE = `
const x = { kind: 'arg', index: 0, dtype: 'float32' };
const twice = {
  domain: 'com.example', name: 'Twice', since: 1, summary: 'x + x', attributes: {},
  inputs: [{ name: 'x', types: ['float32'] }], outputs: [{ name: 'y' }],
  trait: { kind: 'pointwise', scalar: () => ({ kind: 'binary', op: 'add', a: x, b: x, dtype: 'float32' }) },
  infer: (at) => [at.input(0)],
};
const wrong = { serves: { op: 'com.example::Twice' }, run: ({ inputs: [t] }) => [{ ...t, data: t.data.map((v) => 2.1 * v) }] };
export const plugin = {
  name: 'twice', version: '1.0.0', apiVersion: { ir: 1, kernels: 1 }, ops: [twice], reference: [wrong],
};
`;

it('reduces to what an engine and the reference compute otherwise', async () => {
  const { dir, inputs, path, part } = files();
  const nodes = [
    { op: 'Abs', inputs: ['x'], outputs: ['a'] },
    { op: 'Sqrt', inputs: ['a'], outputs: ['b'] },
    { op: 'Twice', domain: 'com.example', inputs: ['b'], outputs: ['c'] },
    { op: 'Neg', inputs: ['c'], outputs: ['y'] },
  ];
  const model = path('twice.onnx', encodeModel(nodes, { x: tinyInput }, { domains: { 'com.example': 1 } }));
  const plugin = path('twice.mjs', TWICE);
  const { status, out } = await trtx('debug', 'reduce', model, '-o', part, '--inputs', inputs, '--plugin', plugin);
  expect(status).toBe(0);
  expect(out).toMatch(/node +.* +com\.example::Twice\n/);
  expect(out).toMatch(/1 of 4 nodes fail, found in \d+ checks/);
  const args = [part, '--inputs', join(dir, 'part.inputs'), '--expect', join(dir, 'part.outputs'), '--plugin', plugin];
  expect(await trtx('verify', ...args)).toMatchObject({ status: 1 });
});

it.each([
  ['CHECK_NEVER_FAILS', ['--a', 'reference', '--b', 'ort']],
  ['CHECK_ALWAYS_FAILS', ['--check', `"${process.execPath}" -e process.exit(3) {model}`]],
  ['CHECK_COMMAND', ['--check', 'no-such-command {model}']],
  ['USAGE', ['--check', 'node check.mjs']],
  ['USAGE', ['--check', 'node check.mjs {model}', '--a', 'webgpu']],
])('refuses with %s: %j', async (code, args) => {
  const { dir, model, inputs, part } = files();
  const { status, data } = await trtxJson<Failure>('debug', 'reduce', model, '-o', part, '--inputs', inputs, ...args);
  expect({ status, code: data.error.code, hint: data.error.hint }).toEqual({
    status: 2,
    code,
    hint: expect.any(String),
  });
  expect(filesIn(dir)).not.toContain('part.onnx');
});

it.skipIf(process.platform === 'win32')('says that no room is left for what it writes', async () => {
  const { dir, model, inputs, path, part } = files();
  const script = path('check.mjs', CHECK);
  // Files of more than no bytes cannot be written: as on a disk that is full.
  const limits = 'trap \'\' XFSZ; ulimit -f 0; exec "$@"';
  const command = [process.execPath, await bundledCommand(), 'debug', 'reduce', model, '-o', part, '--inputs', inputs];
  const check = ['--check', `"${process.execPath}" '${script}' {model} {inputs} Tanh`, '--json'];
  const failed = await promisify(execFile)('sh', ['-c', limits, 'sh', ...command, ...check]).catch((error) => error);
  expect(failed.code).toBe(2);
  expect(JSON.parse(failed.stdout).error).toMatchObject({ code: 'FILE_WRITE', file: expect.any(String) });
  expect(filesIn(dir)).not.toContain('part.onnx');
});

/** A pass with a rule that is wrong: Tanh as Sigmoid. */
const WRONG_PASS = `
const rule = {
  name: 'tanh-as-sigmoid', ops: ['Tanh'],
  apply: (node, patch) => patch.replace(node.output, patch.node('Sigmoid', [node.inputs[0]]), 'planted'),
};
const pass = { name: 'planted', summary: 'wrong', rules: [rule] };
export const plugin = {
  name: 'planted', version: '1.0.0', apiVersion: { ir: 1, kernels: 1 }, passes: [{ pass, after: 'merge-unary', level: 1 }],
};
`;

it.each([[['--a', 'webgpu', '--b', 'ort']], [[]]])('names the rule that is wrong, %j', async (sides) => {
  const { model, inputs, path } = files();
  const plugin = path('planted.mjs', WRONG_PASS);
  const args = ['debug', 'passes', model, '--inputs', inputs, '--plugin', plugin, ...sides];
  const { status, data } = await trtxJson(...args);
  expect({ status, data }).toMatchObject({
    status: 0,
    data: { firing: { pass: 'planted', rule: 'tanh-as-sigmoid' }, skip: 'planted/tanh-as-sigmoid', confirmed: true },
  });
  const skipped = await trtxJson<Failure>(...args, '--skip', 'planted');
  expect([skipped.status, skipped.data.error.code]).toEqual([2, 'CHECK_NEVER_FAILS']);
});

it('finds what is wrong in float16 alone', async () => {
  const { dir, inputs, path, part } = files();
  const weights = (rows: number, columns: number, each: number) => ({
    ...{ dtype: 'float32' as const, dims: [rows, columns] },
    data: new Float32Array(rows * columns).fill(each),
  });
  const nodes = [
    { op: 'Abs', inputs: ['x'], outputs: ['a'] },
    { op: 'MatMul', inputs: ['a', 'large'], outputs: ['b'] },
    { op: 'MatMul', inputs: ['b', 'small'], outputs: ['y'] },
  ];
  const constants = { large: weights(3, 4, 60000), small: weights(4, 2, 1e-3) };
  const model = path('large.onnx', encodeModel(nodes, { x: tinyInput }, { constants }));
  const compared = await trtx('compare', model, '--inputs', inputs, '--fp16');
  expect(compared.status).toBe(1);
  expect(compared.out).toMatch(/^to blame: float16 itself, or passes; .* Next: trtx debug precision/m);

  const reduce = ['debug', 'reduce', model, '-o', part, '--inputs', inputs, '--fp16'];
  const { status, data } = await trtxJson(...(reduce as [string]));
  expect({ status, data }).toMatchObject({ status: 0, data: { nodesAfter: 1, nodes: [{ op: 'MatMul' }] } });
  const kept = await trtxJson<Failure>(...(reduce as [string]), '--keep', 'MatMul');
  expect(kept).toMatchObject({ status: 2, data: { error: { code: 'CHECK_NEVER_FAILS' } } });

  const passes = ['debug', 'passes', model, '--inputs', inputs, '--fp16'];
  for (const command of [reduce, [...passes, '--a', 'webgpu']]) {
    const misspelt = await trtxJson<Failure>(...(command as [string]), '--keep', 'MatMuls');
    expect(misspelt.data.error).toMatchObject({ code: 'FLOAT16_UNKNOWN', details: expect.arrayContaining(['MatMul']) });
  }
  const blameless = await trtxJson<Failure>(...(passes as [string]), '--a', 'webgpu');
  expect(blameless).toMatchObject({ status: 2, data: { error: { code: 'CHECK_ALWAYS_FAILS' } } });
  const nothing = await trtxJson<Failure>(...(passes as [string]));
  expect(nothing).toMatchObject({ status: 2, data: { error: { code: 'USAGE' } } });
  expect(filesIn(dir)).toContain('part.onnx');
});

it('names what overflows in float16, and what optimize is to keep', async () => {
  const { dir, inputs, path } = files();
  const nodes = [
    { op: 'Add', inputs: ['x', 'one'], outputs: ['s'] },
    { op: 'Mul', inputs: ['s', 'large'], outputs: ['a'] },
    { op: 'Abs', inputs: ['a'], outputs: ['b'] },
    { op: 'Mul', inputs: ['b', 'small'], outputs: ['c'] },
    { op: 'MatMul', inputs: ['c', 'w'], outputs: ['y'] },
  ];
  const w = { dtype: 'float32' as const, dims: [3, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6) };
  const constants = { one: floats(1), large: floats(60000), small: floats(1 / 60000), w };
  const model = path('large.onnx', encodeModel(nodes, { x: tinyInput }, { constants }));
  const { status, data } = await trtxJson<{ keep: string[] }>(
    'debug',
    'precision',
    model,
    '--inputs',
    inputs,
    '--whole',
  );
  expect({ status, data }).toMatchObject({ status: 0, data: { ok: true, findings: [{ kind: 'overflow' }] } });
  expect(data.keep.length).toBeGreaterThan(0);
  const half = join(dir, 'half.onnx');
  expect(await trtx('optimize', model, half, '--fp16', '--keep', data.keep.join(','))).toMatchObject({ status: 0 });
  const few = await trtx('debug', 'precision', model, '--inputs', inputs, '--whole', '--max-runs', '1');
  expect(few).toMatchObject({ status: 1, out: expect.stringContaining('NOT good enough') });
});
