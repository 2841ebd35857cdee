import type { LogRecord } from '@trtx/errors';
import { type Graph, GraphBuilder, parseGraph, standardOps } from '@trtx/ir';
import { describe, expect, it } from 'vitest';
import { type BuildOptions, build } from './build.ts';
import type { Float16Build } from './float16.ts';

const parse = (text: string) => parseGraph(`graph net\n${text}`, standardOps);

/** A product with a scale, whose constants float16 does not hold as they are. */
function lossy(): Graph {
  return parse(
    'input x: float32[2,2]\nm = MatMul(x, float32[2,2] [1, 1e-9, 2, 3]) as product\na = Add(m, float32[2] [1e6, 1]) as shift\nb = Relu(a)\ny = MatMul(b, float32[2,2] splat 1)\noutput y',
  );
}

function halved(graph: Graph, options: BuildOptions = {}) {
  const reports: Float16Build[] = [];
  const records: LogRecord[] = [];
  const { plan } = build(graph, {
    fp16: true,
    ...options,
    onFloat16: (report) => reports.push(report),
    logger: (record) => records.push(record),
  });
  return { plan, reports, records };
}

describe('a build in float16', () => {
  it('leaves inputs and outputs as they are, and halves weights', () => {
    const b = new GraphBuilder('product');
    const w = new Float32Array(64 * 64).map((_, i) => i % 7);
    b.output('y', b.MatMul(b.input('x', 'float32', [8, 64]), b.constant('float32', [64, 64], [...w])));
    const { plan, reports } = halved(b.graph);
    expect([...plan.inputs, ...plan.outputs]).toMatchObject([
      { name: 'x', dtype: 'float32', storage: 'f32' },
      { name: 'y', dtype: 'float32', storage: 'f32' },
    ]);
    expect(plan.buffers.find(({ kind }) => kind === 'weights')!.bytes).toBe(64 * 64 * 2);
    expect(reports).toMatchObject([{ converted: [expect.stringContaining('MatMul')], kept: [], findings: [] }]);
  });

  it('takes the options of the pass', () => {
    const options: BuildOptions = { level: 0, fp16: { borders: 'float16', keep: ['product'] } };
    const { plan, reports } = halved(lossy(), options);
    expect(plan.inputs).toMatchObject([{ dtype: 'float16', storage: 'u16x2' }]);
    expect(reports[0]!.kept).toContainEqual({ node: 'product', reason: 'asked for' });
    expect(() => halved(lossy(), { fp16: { keep: ['nobody'] } })).toThrow(/FLOAT16_UNKNOWN/);
  });

  it('warns of what is lost, where it is', () => {
    const { records, reports } = halved(lossy(), { level: 0, fp16: { extent: 'whole' } });
    expect(records.filter(({ severity }) => severity === 'warning')).toEqual([
      expect.objectContaining({ message: 'float16: 1000000 is past ±65504', node: 'shift' }),
      expect.objectContaining({ message: 'float16: 1 elements of 1 constants become 0' }),
    ]);
    expect(reports[0]!.findings.map(({ kind }) => kind).sort()).toEqual(['overflow', 'underflow']);
  });

  it('says nothing of what stays in float32', () => {
    const { records } = halved(lossy(), { level: 0, fp16: { keep: ['product', 'shift'] } });
    expect(records.filter(({ severity }) => severity === 'warning')).toEqual([]);
  });

  it('warns where nothing can be converted', () => {
    const { records } = halved(parse('input x: float32[2,3]\ny = Softmax(x)\noutput y'));
    expect(records).toContainEqual({ severity: 'warning', message: 'float16: no node of the model works in it' });
  });

  it('is refused where nothing is float32', () => {
    const typed = parse(
      'input x: float16[2]\ninput i: int64[2]\nc = Cast(i) { to: "float16" }\ny = Add(x, c)\noutput y',
    );
    expect(() => halved(typed)).toThrow(
      expect.objectContaining({
        code: 'FLOAT16_TYPED',
        summary: 'no tensor of the model is float32: they are float16, int64',
      }),
    );
  });

  it('is of each profile', () => {
    const profiles = [
      { name: 'few', shapes: { x: [1, 3] } },
      { name: 'many', shapes: { x: [{ min: 2, max: 8 }, 3] } },
    ];
    const graph = parse('input x: float32[N,3]\ny = MatMul(x, float32[3,4] splat 1)\noutput y');
    expect(halved(graph, { profiles }).reports).toHaveLength(2);
  });
});
