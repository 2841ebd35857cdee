import { canonicalText, cloneGraph, printGraph, type Tensor, verify } from '@trtx/ir';
import { ReferenceRunner } from '@trtx/reference';
import { describe, expect, it } from 'vitest';
import { parse } from '../testing/expect.ts';
import { type Float16Options, toFloat16 } from './convert.ts';

function convert(before: string, options?: Float16Options) {
  const graph = parse(before);
  const report = toFloat16(graph, options);
  verify(graph);
  return { graph, report };
}

function becomes(before: string, expected: string, options?: Float16Options) {
  const { graph, report } = convert(before, options);
  expect(canonicalText(graph), printGraph(graph)).toBe(canonicalText(parse(expected)));
  return report;
}

const HALF = { borders: 'float16' } as const;

describe('toFloat16', () => {
  it('converts nodes and constants, with Casts at the borders', () => {
    const report = becomes(
      'input x: float32[N,2]\nm = MatMul(x, float32[2,2] [1, 2, 3, 4]) as mm\ny = Relu(m) as relu\noutput y',
      'input x: float32[N,2]\nh = Cast(x) { to: "float16" }\nm = MatMul(h, float16[2,2] [1, 2, 3, 4])\nr = Relu(m)\ny = Cast(r) { to: "float32" }\noutput y',
    );
    expect(report).toEqual({ converted: ['mm', 'relu'], kept: [], casts: 2, constants: [] });
  });

  it('converts the borders too', () => {
    becomes(
      'input x: float32[N,2]\nm = MatMul(x, float32[2,2] [1, 2, 3, 4])\ny = Relu(m)\noutput y',
      'input x: float16[N,2]\nm = MatMul(x, float16[2,2] [1, 2, 3, 4])\ny = Relu(m)\noutput y',
      HALF,
    );
  });

  it('keeps names of outputs, and nodes that are none of it', () => {
    const { graph } = convert(
      'input x: float32[2]\ninput i: int64[2]\ny = Relu(x) as r\nz = Add(i, i)\noutput y\noutput z',
      { extent: 'whole' },
    );
    expect(graph.outputs.map(({ name, value }) => [name, value.name, value.type.dtype])).toEqual([
      ['y', 'y', 'float32'],
      ['z', 'z', 'int64'],
    ]);
  });

  it('casts a value once, whoever reads it', () => {
    const { report } = convert(
      'input x: float32[N,2]\na = MatMul(x, float32[2,2] splat 1)\nb = MatMul(x, float32[2,2] splat 2)\nc = Softmax(a)\nd = LogSoftmax(a)\ne = Add(c, b)\ny = MatMul(e, float32[2,2] splat 1)\noutput y\noutput d',
    );
    // x, a for both norms, c and the output.
    expect(report.casts).toBe(4);
  });

  it('leaves in float32 what saves Casts', () => {
    becomes(
      'input x: float32[2,3]\ns = Softmax(x)\nt = Transpose(s)\ny = LogSoftmax(t)\noutput y',
      'input x: float32[2,3]\ns = Softmax(x)\nt = Transpose(s)\ny = LogSoftmax(t)\noutput y',
    );
  });

  it('gives kept and converted nodes their own copy of a constant', () => {
    becomes(
      'input x: float16[2]\nconstant c = float32[2] [1, 2]\nf = Cast(x) { to: "float32" }\na = Exp(c)\ny = MatMul(f, c)\noutput y\noutput a',
      'input x: float16[2]\nconstant c = float32[2] [1, 2]\nh = Cast(x) { to: "float32" }\nf = Cast(h) { to: "float16" }\na = Exp(c)\nm = MatMul(f, float16[2] [1, 2])\ny = Cast(m) { to: "float32" }\noutput y\noutput a',
    );
  });

  it('tells which constants lost elements', () => {
    const { report, graph } = convert('input x: float32[3]\ny = Add(x, float32[3] [1e6, 1e-9, -inf])\noutput y', {
      extent: 'whole',
      ...HALF,
    });
    expect(report.constants).toEqual([{ name: expect.any(String), saturated: 1, flushed: 1 }]);
    expect(canonicalText(graph)).toBe(
      canonicalText(parse('input x: float16[3]\ny = Add(x, float16[3] [65504, 0, -inf])\noutput y')),
    );
  });

  it('rounds as the reference does', async () => {
    const { graph } = convert('input x: float32[2]\ny = Mul(x, float32[2] [1.0001, 3])\noutput y', { extent: 'whole' });
    const x: Tensor = { dtype: 'float32', dims: [2], data: Float32Array.of(1.0001, 1.0003) };
    const y = (await new ReferenceRunner(graph).run(new Map([['x', x]]))).get('y')!;
    expect([...(y.data as Float32Array)]).toEqual([1, 3]);
  });

  it('refuses names that nothing has', () => {
    expect(() => convert('input x: float32[2]\ny = Relu(x)\noutput y', { keep: ['nobody'] })).toThrow(
      /FLOAT16_UNKNOWN/,
    );
    expect(() => convert('input x: float32[2]\ny = Relu(x) as activation\noutput y', { keep: ['activatoin'] })).toThrow(
      expect.objectContaining({ details: ['activation', expect.any(String), expect.any(String)] }),
    );
    const ignored = { keep: ['nobody'], unknown: 'ignore', extent: 'whole' } as const;
    expect(convert('input x: float32[2]\ny = Relu(x)\noutput y', ignored).report.converted).toHaveLength(1);
  });
});

describe('what stays in float32', () => {
  const reasons = (text: string, options?: Float16Options) =>
    convert(`input x: float32[N,4]\n${text}\noutput y`, { ...HALF, ...options }).report.kept.map(
      ({ node, reason }) => `${node}: ${reason}`,
    );

  it('is what traits call delicate, and sums', () => {
    expect(reasons('a = MatMul(x, float32[4,4] splat 1)\ny = Softmax(a) as s')).toEqual(['s: delicate']);
    expect(reasons('y = ReduceSum(x, int64[1] [1]) as s')).toEqual(['s: a sum']);
    expect(reasons('y = ReduceMax(x, int64[1] [1]) as s')).toEqual([]);
    expect(reasons('y = ArgMax(x) as s')).toEqual([]);
  });

  it('is only the part of an op that an attribute has computed in float32', () => {
    const text = 'y = Attention(a, a, a, m) { kv_num_heads: 1, q_num_heads: 1 } as s';
    const { graph, report } = convert(
      `input x: float32[1,3,4]\ninput m: float32[3,3]\na = MatMul(x, float32[4,4] splat 1)\n${text}\noutput y`,
      HALF,
    );
    expect(report.kept).toEqual([]);
    const { inputs, attributes } = [...graph.nodes].find(({ name }) => name === 's')!;
    expect(inputs.map((input) => input?.type.dtype)).toEqual(['float16', 'float16', 'float16', 'float32']);
    expect(attributes.get('softmax_precision')).toBe(1);
    expect(reasons('y = LayerNormalization(x, float32[4] splat 1) as s')).toEqual(['s: delicate']);
  });

  it('is what leaves the range', () => {
    expect(reasons('y = Exp(x) as e')).toEqual(['e: exp']);
    expect(reasons('y = Sigmoid(x) as e')).toEqual([]);
    expect(reasons('y = Mul(x, x) as e')).toEqual(['e: a square']);
    expect(reasons('y = Add(x, float32[] [-1e9]) as e')).toEqual(['e: a number past the range of float16']);
    expect(reasons('y = Add(x, float32[] [-inf]) as e')).toEqual([]);
  });

  it('is a division by what an epsilon keeps from 0', () => {
    const text = 'a = Add(x, float32[] [1e-6]) as a\ns = Sqrt(a) as s\ny = Div(x, s) as d';
    expect(reasons(text)).toEqual([
      'a: 0.000001 is below the range of float16',
      's: divides by what may be small',
      'd: divides by what may be small',
    ]);
    expect(reasons(text.replace('1e-6', '0.5'))).toEqual([]);
  });

  it('is of integers', () => {
    expect(
      reasons(
        'i = Shape(x)\nf = Cast(i) { to: "float32" } as f\ng = Mul(f, float32[] [0.5]) as g\nh = Relu(g)\ny = Add(h, float32[2] [1, 2])',
      ),
    ).toContain('g: of integers');
  });

  it('is what is asked for, by node, op or tensor', () => {
    const text = 'a = MatMul(x, float32[4,4] splat 1) as first\ny = MatMul(a, float32[4,4] splat 1) as second';
    expect(reasons(text, { keep: ['first'] })).toEqual(['first: asked for']);
    expect(reasons(text, { keep: ['y'] })).toEqual(['second: asked for']);
    expect(reasons(text, { keep: ['MatMul'] })).toEqual(['first: asked for', 'second: asked for']);
  });

  it('is nothing of it in the whole graph', () => {
    expect(reasons('e = Exp(x)\ny = Softmax(e)', { extent: 'whole' })).toEqual([]);
  });

  it('is what ops do not take, and control flow', () => {
    expect(reasons('y = Resize(x, -, float32[2] [1, 2]) as r')).toEqual([]);
    const { graph } = convert('input x: float32[N,1,2,2]\ny = Resize(x, -, float32[4] [1, 1, 2, 2])\noutput y', HALF);
    expect([...graph.nodes][0]!.inputs[2]!.type.dtype).toBe('float32');
  });
});

it('changes nothing where there is no float32', () => {
  const graph = parse('input x: float16[2]\ny = Relu(x)\noutput y');
  const before = canonicalText(cloneGraph(graph));
  expect(toFloat16(graph)).toEqual({ converted: [], kept: [], casts: 0, constants: [] });
  expect(canonicalText(graph)).toBe(before);
});
