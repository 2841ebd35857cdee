import { parseGraph, standardOps, type Tensor, toFloat16 } from '@trtx/ir';
import { ReferenceRunner, toFloat64 } from '@trtx/reference';
import { describe, expect, it } from 'vitest';
import { precisionOf } from './precision.ts';

const graphOf = (text: string) => parseGraph(`graph g\n${text}`, standardOps);
const floats = (...data: number[]): Tensor => ({
  dtype: 'float32',
  dims: [data.length],
  data: Float32Array.from(data),
});
const X = new Map([['x', floats(1, -2, 3, 40)]]);

it('the reference rounds each float16 tensor, to an infinity where it is too large', async () => {
  const graph = graphOf(
    'input x: float16[4]\ny = Mul(x, float16[] [2])\nz = Mul(y, float16[] [0.5])\noutput y\noutput z',
  );
  const data = Uint16Array.from([60000, -60000, 1.0005, 3e-8], toFloat16);
  const outputs = await new ReferenceRunner(graph).run(
    new Map([['x', { dtype: 'float16' as const, dims: [4], data }]]),
  );
  expect([...toFloat64(outputs.get('y')!)]).toEqual([
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    2.001953125,
    2 ** -23,
  ]);
  expect([...toFloat64(outputs.get('z')!)].slice(0, 2)).toEqual([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
});

describe('precisionOf', () => {
  it('finds nothing to keep where float16 does', async () => {
    const graph = graphOf('input x: float32[4]\na = Relu(x)\ny = Tanh(a)\noutput y');
    expect(await precisionOf(graph, X, { extent: 'whole' })).toEqual({
      ok: true,
      keep: [],
      findings: [],
      runs: 1,
      complete: true,
    });
  });

  it('names a tensor that overflows and what to keep', async () => {
    const graph = graphOf(`
      input x: float32[4]
      a = Relu(x) as first
      b = Mul(a, float32[] [5000]) as large
      c = Abs(b) as still
      d = Mul(c, float32[] [0.0002]) as small
      y = Neg(d) as last
      output y`);
    const found = await precisionOf(graph, X, { extent: 'whole' });
    expect(found).toMatchObject({ ok: true, keep: ['large', 'still', 'small'], complete: true });
    expect(found.findings).toEqual([
      {
        kind: 'overflow',
        tensor: 'b',
        node: 'large',
        op: 'Mul',
        origins: ['large'],
        notFinite: 1,
        error: expect.any(Number),
        largest: 200000,
      },
    ]);
  });

  it('names what divides by a number that became 0', async () => {
    const graph = graphOf(`
      input x: float32[4]
      s = Mul(x, float32[] [1e-9]) as tiny
      t = Div(s, s) as one
      y = Neg(t) as last
      output y`);
    const found = await precisionOf(graph, X, { extent: 'whole' });
    expect(found).toMatchObject({ ok: true, keep: ['tiny', 'one'] });
    expect(found.findings.map(({ kind, tensor }) => [kind, tensor])).toEqual([
      ['loss', 's'],
      ['nan', 't'],
    ]);
  });

  it('keeps what loses most where digits alone are lost', async () => {
    const graph = graphOf(`
      input x: float32[4]
      a = Add(x, float32[] [3000.3]) as sum
      b = Sub(a, float32[] [3000.3]) as difference
      y = Tanh(b) as last
      output y`);
    const found = await precisionOf(graph, X, { extent: 'whole', tolerance: { rtol: 1e-3, atol: 1e-3 } });
    expect(found).toMatchObject({ ok: true, keep: ['sum', 'difference'] });
    expect(found.findings[0]).toMatchObject({ kind: 'loss', tensor: 'b', notFinite: 0 });
  });

  it('ends where its runs are spent, and says whether that is enough', async () => {
    const graph = graphOf(
      'input x: float32[4]\nb = Mul(x, float32[] [5000]) as large\nc = Relu(b)\ny = Mul(c, float32[] [0.0002])\noutput y',
    );
    expect(await precisionOf(graph, X, { extent: 'whole', maxRuns: 1 })).toMatchObject({
      ok: false,
      complete: false,
      keep: [],
    });
    expect(await precisionOf(graph, X, { extent: 'whole', maxRuns: 2 })).toMatchObject({ ok: true, complete: false });
  });

  it('keeps what the options say', async () => {
    const graph = graphOf('input x: float32[4]\nb = Mul(x, float32[] [5000]) as large\ny = Relu(b) as last\noutput y');
    expect(await precisionOf(graph, X, { extent: 'whole', keep: ['large'] })).toMatchObject({
      ok: true,
      keep: ['large', 'last'],
    });
  });
});
