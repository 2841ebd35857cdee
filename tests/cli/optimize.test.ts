// trtx optimize: a model that any engine runs, with the names, dynamic sizes and files of its source.

import { linkSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GraphBuilder, type Tensor } from '@trtx/ir';
import { exportModel, exportParts, importModel, surveyModel } from '@trtx/onnx';
import { describe, expect, it } from 'vitest';
import { randomTensor } from '../../apps/cli/src/tensors/random.ts';
import { expectClose } from '../support/compare.ts';
import { encodeModel, runModelWithOnnxRuntime } from '../support/onnx-oracle.ts';
import { filesIn, folder, trtx, trtxJson } from './command.ts';
import { failure, MISUSED, write } from './failure.ts';

/** What `--json` prints. */
interface Optimized {
  readonly output: string;
  readonly opset: number;
  readonly nodesBefore: number;
  readonly nodesAfter: number;
  readonly ops: Readonly<Record<string, { before: number; after: number }>>;
  readonly changes: number;
  readonly stopped: boolean;
  readonly files: Readonly<Record<string, number>>;
  readonly trace?: readonly { step: number; pass: string; rule: string; nodes: string[]; origins: string[] }[];
  readonly dumps?: readonly { pass: string; round: number; text: string }[];
}

const WEIGHTS = Array.from({ length: 32 * 32 }, (_, i) => ((i * 7) % 11) - 5);

/** y = gelu(relu(max(x, 0)) · w), and more nodes than that takes. */
function sample(): GraphBuilder {
  const b = new GraphBuilder('sample');
  const x = b.input('x', 'float32', ['batch', 32]);
  const floor = b.Max([x, b.constant('float32', [], [0])], {}, { name: 'floor' });
  const same = b.Identity(floor, {}, { name: 'same' });
  const product = b.MatMul(same, b.constant('float32', [32, 32], WEIGHTS, 'w'), {}, { name: 'product' });
  b.output('y', b.Gelu(product, {}, { name: 'gelu' }));
  return b;
}

const metadata = {
  properties: new Map([['licence', 'MIT']]),
  domain: 'org.example',
  modelVersion: 7n,
  doc: 'What it does.',
};
const sampleBytes = () => exportModel(sample().graph, { metadata, producer: 'maker', producerVersion: '3' });

async function run(model: string | Uint8Array, x: Tensor): Promise<Tensor> {
  const bytes = typeof model === 'string' ? new Uint8Array(readFileSync(model)) : model;
  return (await runModelWithOnnxRuntime(bytes, { x })).get('y')!;
}

describe('optimize', () => {
  it('writes a smaller model with the same names, sizes and metadata', async () => {
    const dir = folder();
    const [source, output] = [write(dir, 'a.onnx', sampleBytes()), join(dir, 'b.onnx')];
    const { status, data } = await trtxJson<Optimized>('optimize', source, output);
    expect({ status, ...data }).toMatchObject({
      status: 0,
      output,
      opset: 21,
      nodesBefore: 4,
      nodesAfter: 3,
      ops: { Identity: { before: 1, after: 0 }, Relu: { before: 0, after: 1 }, Gelu: { before: 1, after: 1 } },
      stopped: false,
    });
    expect(data.trace).toBeUndefined();
    const after = readFileSync(output);
    expect(data.files).toEqual({ [output]: after.length });
    const [x] = [randomTensor('float32', [3, 32], 1)];
    expectClose(await run(output, x), await run(source, x), { absolute: 1e-5 });
    const survey = surveyModel(after);
    expect(survey).toMatchObject({
      ...metadata,
      graph: 'sample',
      producer: 'maker',
      producerVersion: '3',
      inputs: [{ name: 'x', dims: ['batch', 32] }],
      outputs: [{ name: 'y', dims: ['batch', 32] }],
      externalFiles: [],
    });
  });

  it('spells out what the opset lacks', async () => {
    const dir = folder();
    const [source, output] = [write(dir, 'a.onnx', sampleBytes()), join(dir, 'b.onnx')];
    const { data } = await trtxJson<Optimized>('optimize', source, output, '--opset', '17');
    expect(data).toMatchObject({ opset: 17, ops: { Gelu: { before: 1, after: 0 }, Erf: { before: 0, after: 1 } } });
    expect((await importModel(readFileSync(output))).model.opsets.get('')).toBe(17);
    const x = randomTensor('float32', [3, 32], 1);
    expectClose(await run(output, x), await run(source, x), { absolute: 1e-5 });
  });

  it('makes it float16, but for what is to stay', async () => {
    const dir = folder();
    const [source, output] = [write(dir, 'a.onnx', sampleBytes()), join(dir, 'b.onnx')];
    const { data } = await trtxJson<Optimized>('optimize', source, output, '--fp16', '--keep', 'gelu');
    expect(data).toMatchObject({ ops: { Cast: { before: 0 } }, float16: { converted: ['floor', 'product'] } });
    const x = randomTensor('float32', [3, 32], 1);
    const [half, full] = [await run(output, x), await run(source, x)];
    expect(half.dtype).toBe('float32');
    expectClose(half, full, { absolute: 0.1, relative: 0.01 });
    await failure(MISUSED, 'USAGE', ['optimize', source, output, '--keep', 'gelu'], dir);
    await failure(MISUSED, 'FLOAT16_UNKNOWN', ['optimize', source, output, '--fp16', '--keep', 'nobody'], dir);
  });

  it('makes use of sizes that are given', async () => {
    const dir = folder();
    const [source, output] = [write(dir, 'a.onnx', sampleBytes()), join(dir, 'b.onnx')];
    expect((await trtx('optimize', source, output, '--shapes', 'x:4x32')).status).toBe(0);
    expect(surveyModel(readFileSync(output))).toMatchObject({
      inputs: [{ dims: [4, 32] }],
      outputs: [{ dims: [4, 32] }],
    });
    await failure(MISUSED, 'PROFILE', ['optimize', source, output, '--shapes', 'z:4x32'], dir);
  });

  it('makes ops of com.microsoft standard ones', async () => {
    const dir = folder();
    const x = randomTensor('float32', [2, 4], 1);
    const nodes = [{ op: 'QuickGelu', domain: 'com.microsoft', inputs: ['x'], outputs: ['y'] }];
    const bytes = encodeModel(nodes, { x }, { domains: { 'com.microsoft': 1 }, opset: 13 });
    const output = join(dir, 'b.onnx');
    const { data } = await trtxJson<Optimized>('optimize', write(dir, 'a.onnx', bytes), output);
    // Its own opset is older than any that is written.
    expect(data.opset).toBe(17);
    expect([...surveyModel(readFileSync(output)).opsets.keys()]).toEqual(['']);
    expectClose(await run(output, x), await run(bytes, x), { absolute: 1e-5 });
  });

  it('keeps weights in a file of their own', async () => {
    const dir = folder();
    const parts = exportParts(sample().graph, { external: { location: 'weights.bin' } });
    const source = write(dir, 'a.onnx', Buffer.concat(parts.model.parts));
    write(dir, 'weights.bin', Buffer.concat(parts.weights!.parts));
    const output = join(dir, 'b.onnx');
    const { data } = await trtxJson<Optimized>('optimize', source, output);
    expect(filesIn(dir)).toEqual(['a.onnx', 'b.onnx', 'b.onnx.data', 'weights.bin']);
    expect(data.files).toEqual({ [output]: expect.any(Number), [`${output}.data`]: 4096 });
    expect(surveyModel(readFileSync(output)).externalFiles).toEqual(['b.onnx.data']);

    const twin = write(dir, 'c.onnx', readFileSync(output));
    write(dir, 'twin', '');
    await failure(MISUSED, 'USAGE', ['optimize', twin, join(dir, 'b.onnx')], dir);
  });

  it('never replaces its input', async () => {
    const dir = folder();
    const source = write(dir, 'a.onnx', sampleBytes());
    linkSync(source, join(dir, 'link.onnx'));
    for (const output of [source, join(dir, '..', dir.split('/').at(-1)!, 'a.onnx'), join(dir, 'link.onnx')])
      await failure(MISUSED, 'USAGE', ['optimize', source, output], dir);
    expect(readFileSync(source)).toEqual(Buffer.from(sampleBytes()));
  });

  it('lists each change, or stops after some', async () => {
    const dir = folder();
    const [source, output] = [write(dir, 'a.onnx', sampleBytes()), join(dir, 'b.onnx')];
    const { out, err } = await trtx('optimize', source, output, '--trace', '-q');
    expect(err).toBe('');
    expect(out.replace(/[\d.]+ (ms|kB)/g, '# $1')).toBe(
      [
        '1. remove-no-ops/pass-through: same: gives its input on',
        '2. merge-clips/min-max-as-clip: floor: Max with a number',
        `${output}: 4 nodes became 3, opset 21, # kB`,
        '2 changes in # ms',
        '',
      ].join('\n'),
    );
    const { data } = await trtxJson<Optimized>('optimize', source, output, '--stop-after', '1', '--trace');
    expect(data).toMatchObject({ changes: 1, stopped: true, nodesAfter: 3, ops: { Max: { after: 1 } } });
    expect(data.trace).toMatchObject([{ step: 1, pass: 'remove-no-ops', rule: 'pass-through', nodes: ['same'] }]);
    const only = await trtxJson<Optimized>('optimize', source, output, '--only', 'dead-code,merge-clips/clip-as-relu');
    expect(only.data.changes).toBe(0);
    const skip = await trtxJson<Optimized>(
      'optimize',
      source,
      output,
      '--skip',
      'remove-no-ops',
      '--skip',
      'merge-clips',
    );
    expect(skip.data.ops).toMatchObject({ Identity: { after: 1 }, Max: { after: 1 } });
  });

  it('dumps the graph after a pass', async () => {
    const dir = folder();
    const [source, output] = [write(dir, 'a.onnx', sampleBytes()), join(dir, 'b.onnx')];
    const { err, status } = await trtx('optimize', source, output, '-q', '--dump-after', 'remove-no-ops');
    expect(status).toBe(0);
    expect(err).toMatch(
      /^\/\/ -----\/\/ IR Dump After remove-no-ops \(round 1, 1 changes\) \/\/----- \/\/\ngraph sample\n/,
    );
    expect(err).not.toContain('Identity');
    const { data } = await trtxJson<Optimized>('optimize', source, output, '--dump-after', 'remove-no-ops');
    expect(data.dumps).toMatchObject([{ pass: 'remove-no-ops', round: 1, text: expect.stringContaining('Max(x') }]);
  });

  it('tells what it cannot do, and writes nothing', async () => {
    const dir = folder();
    const source = write(dir, 'a.onnx', sampleBytes());
    const to = (...args: string[]) => ['optimize', source, join(dir, 'b.onnx'), ...args];
    await failure(MISUSED, 'PASS_UNKNOWN', to('--skip', 'make-faster'), dir);
    await failure(MISUSED, 'USAGE', to('--dump-after', 'make-faster'), dir);
    await failure(MISUSED, 'USAGE', to('--opset', '16'), dir);
    await failure(MISUSED, 'USAGE', to('--only', 'a,,b'), dir);
    await failure(MISUSED, 'FILE_WRITE', ['optimize', source, join(dir, 'none', 'b.onnx')], dir);
    const bits = new GraphBuilder('bits');
    bits.output('y', bits.BitCast(bits.input('x', 'float32', [2]), { to: 'int32' }));
    const newer = write(dir, 'bits.onnx', exportModel(bits.graph));
    const error = await failure(1, 'ONNX_EXPORT', ['optimize', newer, join(dir, 'b.onnx'), '--opset', '17'], dir);
    expect(error).toMatchObject({ node: 'BitCast', hint: 'Choose opset 26 or newer.' });
  });
});

describe('inspect --diff', () => {
  it('tells what became of a model', async () => {
    const dir = folder();
    const [source, output] = [write(dir, 'a.onnx', sampleBytes()), join(dir, 'b.onnx')];
    await trtx('optimize', source, output, '--opset', '22');
    const { out, status } = await trtx('inspect', '--diff', source, output);
    expect(status).toBe(0);
    expect(out).toMatchInlineSnapshot(`
      "  op        before  after
        Identity  1       0
        Max       1       0
        Relu      0       1
      - node floor (Max)
      - node same (Identity)
      + node floor (Relu)
      opset: ai.onnx 21 became 22
      constants: 4.1 kB became 4.1 kB
      nodes: 4 became 3
      "
    `);
    const { data } = await trtxJson('inspect', '--diff', source, output);
    expect(data).toMatchObject({
      kind: 'diff',
      before: source,
      after: output,
      nodes: { before: 4, after: 3 },
      ops: { Identity: { before: 1, after: 0 } },
      named: {
        gone: [
          { node: 'floor', op: 'Max' },
          { node: 'same', op: 'Identity' },
        ],
        added: [{ op: 'Relu' }],
      },
      inputs: { gone: [], added: [] },
      opsets: { 'ai.onnx': { before: 21, after: 22 } },
    });
  });

  it('tells of other inputs and outputs, and wants two models', async () => {
    const dir = folder();
    const source = write(dir, 'a.onnx', sampleBytes());
    const b = sample();
    b.output('z', b.graph.inputs[0]!);
    const other = write(dir, 'b.onnx', exportModel(b.graph));
    expect((await trtx('inspect', '--diff', source, other)).out).toContain('+ output z: float32[batch, 32]\n');
    await failure(MISUSED, 'USAGE', ['inspect', '--diff', source], dir);
    await failure(MISUSED, 'USAGE', ['inspect', source, other], dir);
    writeFileSync(join(dir, 'c.onnx'), 'nothing');
    await failure(MISUSED, 'ONNX_PARSE', ['inspect', '--diff', source, join(dir, 'c.onnx')], dir);
  });
});
