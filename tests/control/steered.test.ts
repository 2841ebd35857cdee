import { buildPlan, EngineRunner } from '@trtx/builder';
import { printGraph, type Tensor } from '@trtx/ir';
import { exportModel, importModel } from '@trtx/onnx';
import { optimize } from '@trtx/passes';
import { ReferenceRunner } from '@trtx/reference';
import { describe, expect, it } from 'vitest';
import { testDevice } from '../support/chain.ts';
import { expectClose } from '../support/compare.ts';
import { encodeModel, type OracleNode, runModelWithOnnxRuntime } from '../support/onnx-oracle.ts';
import { floats } from './programs.ts';
import { integers, type Steered, steered } from './steered.ts';

function expectSame(actual: ReadonlyMap<string, Tensor>, expected: ReadonlyMap<string, Tensor>, what: string): void {
  for (const [name, tensor] of expected) expectClose(actual.get(name)!, tensor, {}, `${name} ${what}`);
}

describe.each(steered)('$name, told by the run', (steered) => {
  const model = modelOf(steered);
  const graphOf = async () => (await importModel(model)).graph;
  const feeds = (run: Steered['runs'][number]) => new Map(Object.entries(run));

  it('is as ONNX Runtime has it, on the reference', async () => {
    const graphs = [await graphOf(), await graphOf()];
    optimize(graphs[1]!, { verify: true });
    graphs.push((await importModel(exportModel(graphs[1]!))).graph);
    for (const run of steered.runs) {
      const expected = await runModelWithOnnxRuntime(model, run);
      for (const [i, graph] of graphs.entries())
        expectSame(await new ReferenceRunner(graph).run(feeds(run)), expected, ['', 'optimized', 'read back'][i]!);
    }
  });

  it('and on the GPU', async () => {
    const { device, isFallback: software } = await testDevice();
    for (const level of [0, 2] as const) {
      const runner = await EngineRunner.create(await graphOf(), { device, software, level });
      const hosted = runner.engine.plan.hostNodes.filter(({ step }) => step !== undefined).map(({ op }) => op);
      expect(hosted).toContain('trtx::Steer');
      if (steered.onGpu) expect([...new Set(hosted)]).toEqual(['trtx::Steer']);
      for (const run of steered.runs)
        expectSame(await runner.run(feeds(run)), await runModelWithOnnxRuntime(model, run), `at level ${level}`);
      await runner.dispose();
    }
  });
});

function modelOf({ nodes, runs, constants, opset }: Steered): Uint8Array {
  return encodeModel(nodes, runs[0]!, { constants, opset });
}

describe('with ranges of what the run tells', () => {
  const nodes = [
    { op: 'Expand', inputs: ['x', 'shape'], outputs: ['e'] },
    { op: 'Exp', inputs: ['e'], outputs: ['y'] },
  ];
  const x = floats([3, 1], [1, 2, 3]);
  const model = encodeModel(nodes, { x, shape: integers(3, 2) });

  it('has sizes that fit the GPU, and refuses others', async () => {
    const { device, isFallback: software } = await testDevice();
    const { graph } = await importModel(model, { valueRanges: { shape: [3, { min: 1, max: 8 }] } });
    const runner = await EngineRunner.create(graph, { device, software });
    const hosted = runner.engine.plan.hostNodes.filter(({ step }) => step !== undefined).map(({ op }) => op);
    expect(hosted).toEqual(['trtx::Steer']);
    const run = (...shape: number[]) => runner.run(new Map([['x', x], ['shape', integers(...shape)]])); // biome-ignore format: pairs
    for (const size of [1, 2, 8])
      expectSame(await run(3, size), await runModelWithOnnxRuntime(model, { x, shape: integers(3, size) }), `${size}`);
    await expect(run(3, 9)).rejects.toThrow(/^SHAPE_OUT_OF_PROFILE: .*is to be in 1\.\.8/);
    await runner.dispose();
  });

  it('are asked for where sizes may not fit', async () => {
    const build = async (noHost: boolean) => buildPlan((await importModel(model)).graph, { noHost }).plan;
    const reasons = (await build(false)).hostNodes.map(({ reason }) => reason);
    expect(reasons).toContain(
      'y, whose size only the run tells, may be larger than the GPU can bind: give the ranges of shape (--value-ranges)',
    );
    await expect(build(true)).rejects.toThrow(/^UNSUPPORTED_NODES.*--value-ranges.*--constant shape=VALUE/s);
  });
});

describe('what the run cannot tell', () => {
  const refusal = (nodes: readonly OracleNode[], inputs: Readonly<Record<string, Tensor>>) =>
    expect(importModel(encodeModel(nodes, inputs))).rejects;
  const x = floats([1, 3], [1, 2, 3]);

  it('is refused with the node, the tensor and what to do', async () => {
    const squeeze = { op: 'Squeeze', inputs: ['x', 'axes'], outputs: ['y'] };
    await refusal([squeeze], { x, axes: integers(0) }).toThrow(
      /SHAPE_UNKNOWN: the values of input axes steer the output's shape and are not known at build \(node Squeeze_0 \(Squeeze\), tensor axes\)\n {2}hint: Make it a constant/,
    );
    const sum = { op: 'ReduceSum', inputs: ['x', 'axes'], outputs: ['y'] };
    await refusal([sum], { x, axes: integers(0) }).toThrow(/SHAPE_UNKNOWN: .*input axes.*tensor axes/);
    const slice = { op: 'Slice', inputs: ['x', 'starts', 'ends', 'axes'], outputs: ['y'] };
    const inputs = { x, starts: integers(0), ends: integers(1), axes: integers(1) };
    await refusal([slice], inputs).toThrow(/SHAPE_UNKNOWN: .*input starts.*tensor starts/);
  });

  it('leaves nothing behind in the graph, and names as they are', async () => {
    const given = { x, shape: integers(3, 1) };
    const nodes = [{ op: 'Reshape', inputs: ['x', 'shape'], outputs: ['y'] }];
    const { graph } = await importModel(encodeModel(nodes, given));
    expect(printGraph(graph)).toMatchInlineSnapshot(`
      "graph oracle
        input x: float32[1,3]
        input shape: int64[2]
        Reshape_0/Shape.0: int64[2] = Shape(x) as Reshape_0/Shape from "Reshape_0"
        Reshape_0/Steer.0: int64[2] = trtx::Steer(shape, Reshape_0/Shape.0) { allowzero: 0, told: "target" } as Reshape_0/Steer from "Reshape_0"
        y: float32[Reshape_0/Steer.0,Reshape_0/Steer.1] = Reshape(x, Reshape_0/Steer.0) as Reshape_0
        output y
      "
    `);
  });

  it('is an error where it is no size', async () => {
    const nodes = [{ op: 'ConstantOfShape', inputs: ['shape'], outputs: ['y'] }];
    const { graph } = await importModel(encodeModel(nodes, { shape: integers(2) }));
    const { device, isFallback: software } = await testDevice();
    const runner = await EngineRunner.create(graph, { device, software });
    const run = runner.run(new Map([['shape', integers(-2)]]));
    await expect(run).rejects.toThrow(
      /^SHAPE_OUT_OF_PROFILE: the node gave -2 as element 0 of ConstantOfShape_0\/Steer.0, where ConstantOfShape_0\/Steer.0 is to be in 0\.\.2147483647 \(node ConstantOfShape_0\/Steer, tensor ConstantOfShape_0\/Steer\.0\)\n {2}hint: build for larger sizes/,
    );
    expect((await runner.run(new Map([['shape', integers(2)]]))).get('y')!.dims).toEqual([2]);
    await runner.dispose();
  });
});
